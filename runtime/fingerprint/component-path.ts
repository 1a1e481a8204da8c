/**
 * Where something is in a fingerprint: a component, then the fields inside of it. Paths are
 * compared part by part and printed (`parameters.beta`) only where a reader or a stored manifest
 * needs text.
 */
export type ComponentPath = readonly [component: ComponentName, ...fields: ReadonlyArray<string>]

export type ComponentName = "format" | "stage" | "code" | "packages" | "parameters" | "inputs" | "schemas" | "reads" | "engine"

/**
 * `inputs.reference`, `packages.effect`, `code`: the form in manifests, in messages and in
 * `--json`.
 */
export const printPath = (path: ComponentPath): string => path.join(".")

/**
 * Reads a component's name as a manifest has it. Of all components only the inputs are one per
 * port, with the port as a field.
 */
export const pathOf = (component: string): ComponentPath =>
  component.startsWith(inputPrefix) ? ["inputs", component.slice(inputPrefix.length)] : [component as ComponentName]

const inputPrefix = "inputs."
