/** What matches a text with `*` for any part of an id. */
export const stagePattern = (text: string): RegExp => new RegExp(`^${text.split("*").map(escapeRegExp).join(".*")}$`, "s")

/** A text as a part of a regular expression. */
export const escapeRegExp = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")
