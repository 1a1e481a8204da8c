/** How a verdict is shown: its sign in text, and its mark in a figure. */
export interface VerdictStyle {
  readonly sign: string
  readonly shape: string
  readonly color: string
  /** Inside of the mark. */
  readonly fill: string
}

/** In this order in captions and headlines. */
export const verdictStyles: ReadonlyMap<string, VerdictStyle> = new Map([
  ["supported", { sign: "▲", shape: "triangle-up", color: "#1b2f7d", fill: "#1b2f7d" }],
  ["negligible", { sign: "≈", shape: "square", color: "#2f8f6b", fill: "#2f8f6b" }],
  ["opposite", { sign: "▼", shape: "triangle-down", color: "#cf4f0c", fill: "#cf4f0c" }],
  ["inconclusive", { sign: "?", shape: "circle", color: "#666", fill: "white" }],
  ["not measurable", { sign: "–", shape: "circle", color: "#666", fill: "#666" }],
])
