import type { WindowsSandboxSetupMode } from "../protocol/mod.ts";
import type { Handlers } from "../rpc/mod.ts";
import type { Host } from "./host.ts";

type MachineMethod =
  | "server/diagnostics"
  | "windowsSandbox/readiness"
  | "windowsSandbox/setupStart";

/** What the sandboxes of Windows are called when they can't be set up. */
const sandboxNames: Record<WindowsSandboxSetupMode, string> = {
  elevated: "elevated",
  unelevated: "legacy",
};

/** The machine and this process. It is never Windows: see the platforms. */
export const machineHandlers: Handlers<Host, MachineMethod> = {
  "server/diagnostics"({ gauges }) {
    return {
      process: {
        id: Deno.pid,
        residentMemoryBytes: readResidentBytes(),
        physicalFootprintBytes: null,
      },
      gauges: gauges(),
    };
  },
  "windowsSandbox/readiness": () => ({ status: "notConfigured" }),
  "windowsSandbox/setupStart"(_, { mode }, { afterReply, notify }) {
    afterReply(() =>
      notify("windowsSandbox/setupCompleted", {
        mode,
        success: false,
        error: `${sandboxNames[mode]} Windows sandbox setup ` +
          "is only supported on Windows",
      })
    );
    return { started: true };
  },
};

function readResidentBytes(): number | null {
  try {
    return Deno.memoryUsage().rss;
  } catch {
    return null;
  }
}
