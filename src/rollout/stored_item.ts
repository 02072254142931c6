/** An item as a rollout has it, within `item_completed`. */
export interface StoredItem {
  /** Which kind, such as `UserMessage`. */
  readonly type: string;
  /** Its id. */
  readonly id: string;
  /** The rest, in snake_case. */
  readonly [field: string]: unknown;
}
