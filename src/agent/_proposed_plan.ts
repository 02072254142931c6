/** A stretch of what a planning model says: to the user, or of the plan. */
export interface PlanPiece {
  readonly isPlan: boolean;
  readonly text: string;
}

const opening = "<proposed_plan>";
const closing = "</proposed_plan>";

/**
 * Tells the plan in a stream of text from what is said around it. A plan stands
 * between two lines of tags, which belong to neither. Text is held back only
 * while its line could still become a tag.
 */
export class ProposedPlan {
  #isPlan = false;
  /** Beginning of a line that may be a tag. */
  #held = "";
  /** The line is known to be none. */
  #isThrough = false;

  /** Takes a piece of the stream and gives what is certain by now. */
  push(delta: string): PlanPiece[] {
    const pieces: PlanPiece[] = [];
    let rest = delta;
    while (rest !== "") {
      const end = rest.indexOf("\n") + 1;
      const part = end === 0 ? rest : rest.slice(0, end);
      rest = rest.slice(part.length);
      this.#take(part, pieces);
    }
    return pieces;
  }

  /** Gives what was held back; an open plan ends here. */
  finish(): PlanPiece[] {
    const pieces: PlanPiece[] = [];
    if (!this.#toggles(this.#held)) this.#give(this.#held, pieces);
    this.#held = "";
    return pieces;
  }

  #take(part: string, pieces: PlanPiece[]): void {
    const isLineEnd = part.endsWith("\n");
    if (this.#isThrough) {
      this.#give(part, pieces);
    } else {
      const line = this.#held + part;
      this.#held = "";
      if (isLineEnd ? this.#toggles(line) : this.#mayToggle(line)) {
        if (isLineEnd) this.#isPlan = !this.#isPlan;
        else this.#held = line;
      } else {
        this.#give(line, pieces);
        this.#isThrough = true;
      }
    }
    if (isLineEnd) this.#isThrough = false;
  }

  get #tag(): string {
    return this.#isPlan ? closing : opening;
  }

  #toggles(line: string): boolean {
    return line.trim() === this.#tag;
  }

  #mayToggle(line: string): boolean {
    return this.#tag.startsWith(line.trim()) || this.#toggles(line);
  }

  #give(text: string, pieces: PlanPiece[]): void {
    if (text === "") return;
    const last = pieces.at(-1);
    if (last?.isPlan === this.#isPlan) {
      pieces[pieces.length - 1] = { ...last, text: last.text + text };
    } else pieces.push({ isPlan: this.#isPlan, text });
  }
}

/** What a whole text says, and the plan in it; null without one. */
export function splitPlan(text: string): { said: string; plan: string | null } {
  const parser = new ProposedPlan();
  let said = "";
  let plan: string | null = null;
  for (const piece of [...parser.push(text), ...parser.finish()]) {
    if (piece.isPlan) plan = (plan ?? "") + piece.text;
    else said += piece.text;
  }
  return { said, plan };
}
