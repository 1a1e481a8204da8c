/** How the estimate of a claim with a verdict is marked in a figure. */
export interface VerdictStyle {
  readonly shape: string
  readonly color: string
  /** Inside of the mark. */
  readonly fill: string
}

/** In this order in headlines. */
export const verdictStyles: ReadonlyMap<string, VerdictStyle> = new Map([
  ["supported", { shape: "triangle-up", color: "#1b2f7d", fill: "#1b2f7d" }],
  ["negligible", { shape: "square", color: "#2f8f6b", fill: "#2f8f6b" }],
  ["opposite", { shape: "triangle-down", color: "#cf4f0c", fill: "#cf4f0c" }],
  ["inconclusive", { shape: "circle", color: "#666", fill: "white" }],
  ["not measurable", { shape: "circle", color: "#666", fill: "#666" }],
])
