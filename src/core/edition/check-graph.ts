import { AppError } from "../errors.ts";
import type { HnswGraph } from "../search/hnsw-graph.ts";

/**
 * Walks every link list once: lengths, bounds and levels must fit, or the graph would read foreign memory later.
 *
 * @throws AppError `edition-corrupt`
 */
export function checkGraph(graph: HnswGraph, nodes: number): void {
  const { levels, links, m } = graph;
  let at = 0;
  for (const level of levels) {
    if (level > graph.maxLevel) throw corrupt("a node lies above the highest level");
    for (let layer = 0; layer <= level; layer++) {
      const count = links[at] ?? Number.POSITIVE_INFINITY;
      if (count > (layer === 0 ? 2 * m : m)) throw corrupt("a node has too many links");
      for (let i = 1; i <= count; i++) {
        const neighbour = links[at + i] ?? nodes;
        if (neighbour >= nodes || (levels[neighbour] ?? 0) < layer) {
          throw corrupt("a link leads nowhere");
        }
      }
      at += count + 1;
    }
  }
  if (at !== links.length) throw corrupt("links that belong to no node");
  if (levels[graph.entryPoint] !== graph.maxLevel) throw corrupt("the entry point is not on top");
}

function corrupt(why: string): AppError {
  return new AppError({ code: "edition-corrupt", file: "router", why });
}
