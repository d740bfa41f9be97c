// Entry of an arithmetic thread: Node's loader knows nothing of TypeScript, and a thread does not inherit tsx from the main one.
import { register } from "tsx/esm/api";

register();
await import("./thread.ts");
