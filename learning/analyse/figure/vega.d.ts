/** Missing from Vega's own types. */
import "vega"

declare module "vega" {
  /** How wide Vega takes a line of text to be, in pixels. */
  export const textMetrics: { width: (item: { readonly fontSize?: number }, line: unknown) => number }
}
