/** The parts of Vega have no types of their own; `vega`'s describe them together. */

declare module "vega-dataflow" {
  export { changeset, transforms } from "vega"
}

declare module "vega-parser" {
  export { parse } from "vega"
}

declare module "vega-view" {
  export { View } from "vega"
}

declare module "vega-encode"
declare module "vega-transforms"
declare module "vega-view-transforms"
