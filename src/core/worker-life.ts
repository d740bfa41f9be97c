/** What a worker says once it can be watched: the name of the lock that it holds for as long as it lives. */
export interface LifeMessage {
  readonly life: string;
}

/** Tells a worker's {@link LifeMessage} from the messages of its calls. */
export function isLifeMessage(data: unknown): data is LifeMessage {
  return (
    typeof data === "object" && data !== null && "life" in data && typeof data.life === "string"
  );
}
