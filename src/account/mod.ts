/**
 * Who the server is signed in as: keys, accounts of ChatGPT whose tokens it
 * keeps in `auth.json`, and accounts whose tokens a client keeps. Signs in with
 * a browser or with a code, renews what has ended, and signs requests to models
 * in. Secrets stand in no log and in no error.
 *
 * All of it is loaded when a client first asks for the account, or a model is
 * asked.
 *
 * @module
 */
export { Accounts } from "./accounts.ts";
export { createCredentials } from "./credentials.ts";
export type { AccountGround, Clients } from "./ground.ts";
