/** Tells whether WebGPU on this adapter is computed by the processor. */
function isSoftware(adapter: GPUAdapter): boolean {
  // Browsers before the flag moved to the adapter's info carry it on the adapter itself.
  const older = "isFallbackAdapter" in adapter && adapter.isFallbackAdapter === true;
  return older || adapter.info.isFallbackAdapter;
}

/**
 * Asks the browser for a graphics adapter that is worth using.
 *
 * @param allowSoftware whether an adapter that the processor emulates will do
 * @returns null where there is no WebGPU, no adapter, or only a software one that is not wanted
 */
export async function findAdapter(allowSoftware: boolean): Promise<GPUAdapter | null> {
  // Browsers without WebGPU lack `gpu`, whatever its type says; a request can also throw on a blocked driver.
  if (!("gpu" in navigator)) return null;
  try {
    const adapter = await navigator.gpu.requestAdapter({ powerPreference: "high-performance" });
    if (adapter === null || (isSoftware(adapter) && !allowSoftware)) return null;
    return adapter;
  } catch {
    return null;
  }
}

/** What is known of one GPU device's life. */
export interface DeviceWatch {
  /** Why the device was lost, or null while it lives. */
  reason(): string | null;
  /** Resolves once a loss that is under way has been reported; gives up after a moment where there is none. */
  settle(): Promise<void>;
}

/** A failed run is reported some milliseconds before the loss of the device that made it fail. */
const LOSS_REPORT_MS = 200;

/** Watches a device from now on. */
export function watchDevice(device: Pick<GPUDevice, "lost">): DeviceWatch {
  let reason: string | null = null;
  const lost = device.lost.then((info) => {
    reason = info.message === "" ? info.reason : info.message;
  });
  return {
    reason: () => reason,
    async settle() {
      await Promise.race([lost, new Promise((resolve) => setTimeout(resolve, LOSS_REPORT_MS))]);
    },
  };
}
