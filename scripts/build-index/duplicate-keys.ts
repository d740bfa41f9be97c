/**
 * The keys that appear more than once in the outermost object of a JSON text. `JSON.parse` keeps the last and says nothing,
 * so a sentence would vanish.
 *
 * @param json text that `JSON.parse` accepts
 */
export function findDuplicateKeys(json: string): string[] {
  const seen = new Set<string>();
  const twice = new Set<string>();
  let depth = 0;
  for (let at = 0; at < json.length; at++) {
    const character = json[at];
    if (character === "{" || character === "[") depth++;
    else if (character === "}" || character === "]") depth--;
    else if (character === '"') {
      const start = at;
      for (at++; json[at] !== '"'; at++) if (json[at] === "\\") at++;
      if (depth !== 1 || !isFollowedByColon(json, at + 1)) continue;
      const key = String(JSON.parse(json.slice(start, at + 1)));
      if (seen.has(key)) twice.add(key);
      seen.add(key);
    }
  }
  return [...twice];
}

function isFollowedByColon(json: string, from: number): boolean {
  let at = from;
  while (/\s/.test(json[at] ?? "")) at++;
  return json[at] === ":";
}
