import type { SyscallName } from "./_seccomp_syscalls.ts";

/** What becomes of a system call. */
export type Verdict = "allow" | { readonly errno: number };

/**
 * What is looked at: 32 bits of an argument, the lower ones unless said
 * otherwise. Where the kernel takes an `int`, the upper ones mean nothing, and
 * must not decide anything.
 */
interface Place {
  readonly argument: 0 | 1 | 2 | 3 | 4 | 5;
  readonly upper?: true;
}

/** A condition: equal to a number behind a mask, or with any of some bits. */
export type Condition =
  & Place
  & (
    | { readonly equals: number; readonly mask?: number }
    | { readonly intersects: number }
  );

/** What becomes of a call if all conditions hold. */
export interface Case {
  readonly when: readonly Condition[];
  readonly then: Verdict;
}

/** One rule for some system calls: the first case that holds decides. */
export interface Rule {
  readonly calls: readonly SyscallName[];
  readonly cases?: readonly Case[];
  readonly otherwise: Verdict;
}
