// The first module of every worker thread: Node gives threads no loader of their own, so TypeScript is registered here.
import { workerData } from "node:worker_threads";
import { register } from "tsx/esm/api";

register();
await import(workerData.module);
