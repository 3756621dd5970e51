import { readFileSync, readdirSync } from 'node:fs';
const dir = process.argv[2]; const f = readdirSync(dir).filter(x=>x.endsWith('.cpuprofile')).map(x=>dir+'/'+x).map(x=>[x, readFileSync(x)]).sort((a,b)=>b[1].length-a[1].length)[0][1];
const p = JSON.parse(f); const byId = new Map(p.nodes.map(n=>[n.id,n])); const parent = new Map(); for (const n of p.nodes) for (const c of n.children??[]) parent.set(c,n.id);
let t=p.startTime, total=0; const incl=new Map(); const win=+(process.argv[4]||12)*1e6;
const key=(n)=>n.callFrame.functionName+' '+n.callFrame.url.replace(/.*node_modules\//,'nm/').replace(/.*\.bench\//,'')+':'+n.callFrame.lineNumber;
p.samples.forEach((id,i)=>{ const d=p.timeDeltas[i]; t+=d; if (t<p.endTime-win-2.5e6||t>p.endTime-2.5e6) return; const n0=byId.get(id); if (n0.callFrame.functionName==='(idle)') return; total+=d; const seen=new Set(); for (let x=id;x!==undefined;x=parent.get(x)) seen.add(key(byId.get(x))); for (const k of seen) incl.set(k,(incl.get(k)||0)+d); });
for (const [k,v] of [...incl].sort((a,b)=>b[1]-a[1]).slice(0,+(process.argv[3]||110))) console.log((v/total*100).toFixed(1)+'%', k);
