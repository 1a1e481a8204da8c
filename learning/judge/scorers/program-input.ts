import type { Json } from "assay"

/** What a program is given beside the texts; nothing where no parameters are declared. */
export const parametersOf = (parameters: Readonly<Record<string, Json>>): { readonly parameters?: Readonly<Record<string, Json>> } =>
  Object.keys(parameters).length === 0 ? {} : { parameters }
