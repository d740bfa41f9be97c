import type { RouterFigures } from "./compare-routers.ts";
import type { MethodFigures } from "./measure-method.ts";

/** One method's line. */
export interface ResultRow {
  readonly name: string;
  readonly bytes: number;
  readonly buildMs: number;
  readonly images: MethodFigures;
  readonly texts: MethodFigures;
}

const bytesWords = (bytes: number): string =>
  bytes < 1e6 ? `${(bytes / 1e3).toFixed(0)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

/** The lines as a table in Markdown, as docs/benchmarks.md shows it. */
export function formatTable(results: readonly ResultRow[], rows: number): string {
  const head = [
    "| method | bytes/row | build | cold bytes | images: recall@25 | regret | ms | texts: recall@25 | ms |",
    "|---|---|---|---|---|---|---|---|---|",
  ];
  const lines = results.map(({ name, bytes, buildMs, images, texts }) => {
    const cells = [
      name,
      (bytes / rows).toFixed(0),
      buildMs === 0 ? "–" : `${(buildMs / 1000).toFixed(1)} s`,
      bytesWords(images.coldBytes),
      images.recall.toFixed(3),
      images.regret.toFixed(5),
      images.queryMs.toFixed(2),
      texts.recall.toFixed(3),
      texts.queryMs.toFixed(2),
    ];
    return `| ${cells.join(" | ")} |`;
  });
  return [...head, ...lines].join("\n");
}

/** The comparison of routers as a table in Markdown. */
export function formatRouters(routers: readonly RouterFigures[]): string {
  const head = [
    "| clusters | graph finds of the exact | graph, ms | flat, ms |",
    "|---|---|---|---|",
  ];
  const lines = routers.map(
    ({ clusters, of, recall, hnswMs, flatMs }) =>
      `| ${clusters} of ${of} | ${recall.toFixed(3)} | ${hnswMs.toFixed(2)} | ${flatMs.toFixed(2)} |`,
  );
  return [...head, ...lines].join("\n");
}
