import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
/** Seconds; a seat is held in a few milliseconds. */ const DURATION_BUCKETS = [
    0.001,
    0.0025,
    0.005,
    0.01,
    0.025,
    0.05,
    0.1,
    0.25,
    0.5,
    1,
    2.5,
    5
];
export function openMetrics(writers, lags, streams, /** Payments that a person should look at. */ unresolvedPayments) {
    const registers = [
        new Registry()
    ];
    collectDefaultMetrics({
        register: registers[0]
    });
    countWriterWork(writers.stats, registers);
    showProjections(lags, registers);
    new Gauge({
        name: 'boxoffice_seat_status_streams',
        help: 'Live feeds that are open.',
        registers,
        collect () {
            this.set(streams.open);
        }
    });
    new Gauge({
        name: 'boxoffice_payments_unresolved',
        help: 'Payments with something left to do and no news for fifteen minutes; left out where it is not known.',
        registers,
        async collect () {
            const count = await unresolvedPayments().catch(()=>undefined);
            if (count !== undefined) this.set(count);
            else this.remove();
        }
    });
    const durations = new Histogram({
        name: 'boxoffice_http_request_duration_seconds',
        help: 'Time from the request to the end of its answer.',
        labelNames: [
            'method',
            'route',
            'status'
        ],
        buckets: DURATION_BUCKETS,
        registers
    });
    return {
        text: ()=>registers[0].metrics(),
        contentType: registers[0].contentType,
        time: (route)=>{
            const method = String(route.method);
            const timers = new Map();
            const timerOf = (status)=>{
                let timer = timers.get(status);
                if (!timer) timers.set(status, timer = durations.labels(method, route.url, String(status)));
                return timer;
            };
            const observe = (_request, reply, done)=>{
                timerOf(reply.statusCode).observe(reply.elapsedTime / 1_000);
                done();
            };
            route.onResponse = [
                route.onResponse ?? [],
                observe
            ].flat();
        }
    };
}
const PROJECTION_GAUGES = {
    running: [
        '1 on the node that runs a projection; a sum of 0 over all nodes: none does.',
        (lag)=>+lag.running
    ],
    lag_seconds: [
        'Age of the oldest domain event that a projection has not applied; left out where it is not known.',
        (lag)=>lag.seconds
    ],
    parked: [
        'Domain events that a projection has set aside; left out where it is not known.',
        (lag)=>lag.parked
    ]
};
function showProjections(lags, registers) {
    for (const [name, [help, valueOf]] of Object.entries(PROJECTION_GAUGES)){
        new Gauge({
            name: `boxoffice_projection_${name}`,
            help,
            labelNames: [
                'projection'
            ],
            registers,
            async collect () {
                // What was known once must not stand for what is not known now.
                this.reset();
                for (const lag of (await lags())){
                    const value = valueOf(lag);
                    if (value !== undefined) this.set({
                        projection: lag.projection
                    }, value);
                }
            }
        });
    }
}
const WRITER_COUNTERS = {
    commands: 'Commands answered by the inventory writers.',
    rejections: 'Commands that the inventory refused.',
    appends: 'Appends to the event store by the inventory writers.',
    conflicts: 'Appends that lost to another node and were decided anew.',
    events: 'Domain events appended by the inventory writers.'
};
function countWriterWork(stats, registers) {
    for (const [name, help] of Object.entries(WRITER_COUNTERS)){
        new Counter({
            name: `boxoffice_inventory_${name}_total`,
            help,
            registers,
            collect () {
                this.reset();
                this.inc(stats[name]);
            }
        });
    }
}

//# sourceMappingURL=metrics.js.map