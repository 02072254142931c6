import { type AgentOrder, AgentRefusal } from "../tools/mod.ts";
import type { ThreadSettings } from "../protocol/mod.ts";
import { type ConfiguredRole, readRoles, usualRoles } from "./agent_roles.ts";
import type { Thread } from "./thread.ts";

/** How an agent is set up. */
export interface AgentSetup {
  readonly settings: ThreadSettings;
  /** Its role, if it has one. */
  readonly role: string | null;
  /** Names to choose from; none for the usual ones. */
  readonly nicknames: readonly string[];
  /** What its role adds to the instructions; null for nothing. */
  readonly developerInstructions: string | null;
}

/** What the file of a role says, as far as it counts here. */
interface RoleSettings {
  readonly model?: string | undefined;
  readonly effort?: string | undefined;
  readonly developerInstructions?: string | undefined;
}

/** What an agent is set up from. */
export interface AgentGround {
  readonly parent: Thread;
  /** Reads the file of a role. */
  readonly readRoleFile: (
    path: string,
  ) => Promise<Readonly<Record<string, unknown>>>;
}

/**
 * Sets up an agent as the thread above it is now, with another model if its
 * role, the call or the configuration say so. Rights are never others.
 *
 * @throws {AgentRefusal} if there is no such role, model or effort.
 */
export async function setUpAgent(
  order: AgentOrder,
  { parent, readRoleFile }: AgentGround,
): Promise<AgentSetup> {
  const { config, models } = parent;
  const role = findRole(readRoles(config), order.role);
  const own = await readSettings(role, readRoleFile);
  const now: ThreadSettings = { ...parent.settings, ...parent.turn?.changes };
  const setting = (key: string) => {
    const value = config.get(["agents", key]);
    return typeof value === "string" ? value : undefined;
  };
  const model = own.model ?? order.model ??
    setting("default_subagent_model") ?? now.model;
  const facts = models.facts(model);
  if (own.model === undefined && order.model !== null && !facts.isKnown) {
    throw new AgentRefusal(`there is no model \`${model}\``);
  }
  const wished = own.effort ?? order.effort;
  if (
    own.effort === undefined && wished !== null &&
    !facts.efforts.includes(wished)
  ) {
    const known = facts.efforts.map((one) => `\`${one}\``).join(", ");
    throw new AgentRefusal(
      `the model \`${model}\` knows no effort \`${wished}\`, ` +
        (known === "" ? "nor any other" : `only ${known}`),
    );
  }
  const effort = wished ?? setting("default_subagent_reasoning_effort") ??
    (model === now.model ? now.effort : facts.defaultEffort);
  const { mode, settings } = now.collaborationMode;
  return {
    settings: {
      ...now,
      model,
      effort,
      collaborationMode: {
        mode,
        settings: { ...settings, model, reasoning_effort: effort },
      },
    },
    role: order.role,
    nicknames: role?.nicknames ?? [],
    developerInstructions: own.developerInstructions ?? null,
  };
}

function findRole(
  roles: readonly ConfiguredRole[],
  name: string | null,
): ConfiguredRole | undefined {
  if (name === null) return roles.find((role) => role.name === "default");
  const role = roles.find((role) => role.name === name);
  if (role !== undefined || usualRoles.has(name)) return role;
  throw new AgentRefusal(`there is no agent_type \`${name}\``);
}

async function readSettings(
  role: ConfiguredRole | undefined,
  readRoleFile: AgentGround["readRoleFile"],
): Promise<RoleSettings> {
  if (role === undefined || role.configFile === null) return {};
  try {
    const file = await readRoleFile(role.configFile);
    const text = (key: string) => {
      const value = file[key];
      return typeof value === "string" ? value : undefined;
    };
    return {
      model: text("model"),
      effort: text("model_reasoning_effort"),
      developerInstructions: text("developer_instructions"),
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AgentRefusal(
      `the agent_type \`${role.name}\` can't be used: ${reason}`,
      { cause: error },
    );
  }
}
