/**
 * Where something is in a fingerprint: a component, then the fields inside of it. Paths are
 * compared part by part and printed (`parameters.beta`) only where a reader or a stored manifest
 * needs text.
 */
export type ComponentPath = readonly [component: ComponentName, ...fields: ReadonlyArray<string>]

export type ComponentName =
  | "format"
  | "stage"
  | "code"
  | "program"
  | "plugins"
  | "packages"
  | "parameters"
  | "inputs"
  | "schemas"
  | "reads"
  | "recorded"
  | "engine"

/**
 * `inputs.reference`, `packages.effect`, `code`: the form in manifests, in messages and in
 * `--json`.
 */
export const printPath = (path: ComponentPath): string => path.join(".")

/**
 * Reads a component's name as a manifest has it. Inputs are one component per port, and plugins one
 * per place, with the port or the place as a field.
 */
export const pathOf = (component: string): ComponentPath => {
  const split = divided.find((name) => component.startsWith(`${name}.`))
  return split === undefined ? [component as ComponentName] : [split, component.slice(split.length + 1)]
}

const divided = ["inputs", "plugins"] as const
