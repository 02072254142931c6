export type * from "./common.ts";
export type * from "./config.ts";
export type * from "./exec.ts";
export type * from "./fs.ts";
export type * from "./initialize.ts";
export type * from "./methods.ts";
export type * from "./misc.ts";
export type * from "./thread.ts";
