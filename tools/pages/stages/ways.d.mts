/** Pairs "FROM TO" of stages that an operation may pass one after the other. */
export function steps(): string[];
