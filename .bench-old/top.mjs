import { readFileSync, readdirSync } from 'node:fs';
const dir = process.argv[2]; const f = readdirSync(dir).filter(x=>x.endsWith('.cpuprofile')).map(x=>dir+'/'+x).map(x=>[x, readFileSync(x)]).sort((a,b)=>b[1].length-a[1].length)[0][1];
const p = JSON.parse(f); const self = new Map(); const byId = new Map(p.nodes.map(n=>[n.id,n])); 
const from = p.startTime + (p.endTime-p.startTime)*0; let t=p.startTime; let idle=0,total=0;
const win=+(process.argv[4]||12)*1e6; p.samples.forEach((id,i)=>{ const d=p.timeDeltas[i]; t+=d; if (t<p.endTime-win-2.5e6||t>p.endTime-2.5e6) return; const n=byId.get(id); const c=n.callFrame; const name=c.functionName||'(anon)'; const url=c.url.replace(/.*node_modules\//,'nm/').replace(/.*\.bench\//,''); if (name==='(idle)') {idle+=d;return;} total+=d; const key=name+' '+url+':'+c.lineNumber; self.set(key,(self.get(key)||0)+d); });
console.log('busy ms', total/1000|0, 'idle', idle/1000|0);
for (const [k,v] of [...self].sort((a,b)=>b[1]-a[1]).slice(0,+(process.argv[3]||45))) console.log((v/total*100).toFixed(1)+'%', k);
const pk=new Map(); for (const [k,v] of self) { const u=k.split(' ').at(-1); const g = u.startsWith('nm/')? u.split('/').slice(0,u.startsWith('nm/@')?3:2).join('/') : u.startsWith('src/')? u.split('/').slice(0,2).join('/') : u.startsWith('node:')?u.split(':').slice(0,2).join(':'):u; pk.set(g,(pk.get(g)||0)+v); }
console.log('--- by package'); for (const [k,v] of [...pk].sort((a,b)=>b[1]-a[1]).slice(0,25)) console.log((v/total*100).toFixed(1)+'%', k);
