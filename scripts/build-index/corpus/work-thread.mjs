// Entry of a thread that lays works out: Node's loader knows nothing of TypeScript, and a thread does not inherit tsx.
import { register } from "tsx/esm/api";

register();
await import("./work-thread.ts");
