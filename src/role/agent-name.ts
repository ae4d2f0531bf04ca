/** Agents are named like roles: safe as a word in messages and trailers. */
export const AGENT_NAME = /^[a-z][a-z0-9-]{0,30}$/;
