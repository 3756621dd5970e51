/** Entries that say what is not so any more, dropped from the front at each addition: more than one, so that they do not pile up. */ const DROPPED_PER_ADDITION = 2;
/**
 * When the holds of an inventory end, so that those past their time are found without a look at the others: a house that is sold
 * out is asked for them all the time, and mostly there are none. A binary heap, the soonest in front. A hold that has ended
 * or been lengthened leaves its entry behind until that comes to the front; `isSo` tells which entries still count.
 */ export class HoldDeadlines {
    #numbers = [];
    #times = [];
    #isSo;
    constructor(isSo){
        this.#isSo = isSo;
    }
    add(number, time) {
        this.#dropStale(DROPPED_PER_ADDITION);
        const numbers = this.#numbers;
        const times = this.#times;
        let at = numbers.length;
        while(at > 0){
            const parent = at - 1 >> 1;
            if (times[parent] <= time) break;
            numbers[at] = numbers[parent];
            times[at] = times[parent];
            at = parent;
        }
        numbers[at] = number;
        times[at] = time;
    }
    /** Numbers of the reservations whose hold is past its time, ascending. The cost is in proportion to these. */ passed(now) {
        this.#dropStale(Infinity);
        const found = new Set();
        const places = [
            0
        ];
        for(let at = places.pop(); at !== undefined; at = places.pop()){
            const time = this.#times[at];
            if (time === undefined || time > now) continue;
            const number = this.#numbers[at];
            if (this.#isSo(number, time)) found.add(number);
            places.push(2 * at + 1, 2 * at + 2);
        }
        return [
            ...found
        ].sort((a, b)=>a - b);
    }
    #dropStale(most) {
        for(let left = most; left > 0 && this.#numbers.length > 0; left--){
            if (this.#isSo(this.#numbers[0], this.#times[0])) return;
            this.#dropFirst();
        }
    }
    #dropFirst() {
        const numbers = this.#numbers;
        const times = this.#times;
        const number = numbers.pop();
        const time = times.pop();
        const size = numbers.length;
        if (size === 0) return;
        let at = 0;
        for(let child = 1; child < size; child = 2 * at + 1){
            if (child + 1 < size && times[child + 1] < times[child]) child++;
            if (times[child] >= time) break;
            numbers[at] = numbers[child];
            times[at] = times[child];
            at = child;
        }
        numbers[at] = number;
        times[at] = time;
    }
}

//# sourceMappingURL=hold-deadlines.js.map