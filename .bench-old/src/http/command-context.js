import { accountOf } from './access.js';
import { actorOf } from './accounts.js';
/** Who asks, and which request its domain events belong to. `allowed`: the roles that the route is open to. */ export function contextOf(request, allowed, randomness) {
    return {
        commandId: randomness.uuid(),
        correlationId: request.id,
        causationId: request.id,
        actor: actorOf(accountOf(request), allowed)
    };
}

//# sourceMappingURL=command-context.js.map