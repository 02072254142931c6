const PREFIX = ".gangway-tmp-";

/** Whether a file of that name existed before it is replaced. */
export type Occasion = "new" | "old";

/**
 * A fresh path for what will be renamed to `target`, in the same directory. The
 * name says whether there was a file before, so that watchers can tell too.
 */
export function toTempPath(target: string, occasion: Occasion): string {
  const directory = target.slice(0, target.lastIndexOf("/") + 1);
  return `${directory}${PREFIX}${occasion}-${crypto.randomUUID()}`;
}

/** What a path says if it is one of {@linkcode toTempPath}. */
export function toOccasion(path: string): Occasion | undefined {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return pattern.exec(name)?.[1] as Occasion | undefined;
}

const pattern = new RegExp(
  `^${PREFIX.replaceAll(".", "\\.")}(new|old)-[0-9a-f-]{36}$`,
);
