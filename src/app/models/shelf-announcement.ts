import { downloadTotals } from "../session/progress-view.ts";
import type { ShelfJob } from "./create-model-shelf.ts";
import { packName } from "./pack-name.ts";

/** Transfers are announced by quarters, not by event. */
const QUARTERS = 4;

/** What a screen reader should hear of the shelf; empty for nothing. Failures are announced by their own alert. */
export function shelfAnnouncement(job: ShelfJob): string {
  switch (job.kind) {
    case "none":
    case "failed":
      return "";
    case "cancelled":
      return "Cancelled";
    case "made":
      return `${packName(job.pack)} is ready and in use`;
    case "making": {
      const { converting } = job.progress;
      if (converting !== null) return `Converting, ${quarter(converting)} percent`;
      const totals = downloadTotals(job.progress);
      return totals.total === 0 ? "Asking the server" : `Download, ${quarter(totals)} percent`;
    }
  }
}

function quarter({ loaded, total }: { readonly loaded: number; readonly total: number }): number {
  return total === 0 ? 0 : (Math.floor((loaded / total) * QUARTERS) / QUARTERS) * 100;
}
