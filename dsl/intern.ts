import type { Artifact } from "./artifact.ts"
import { canonicalJson } from "./canonical.ts"
import { artifactsOf, type Declaration, type StageNode, type Wire } from "./declaration.ts"
import type { PluginDeclaration } from "./plugin.ts"

/**
 * A stage under construction, shared by all nodes with the same declaration, parameters and wires.
 */
export interface Entry {
  readonly node: StageNode
  readonly order: number
}

/** The stages that artifacts depend on. */
export interface Entries {
  /** In topological order. */
  readonly all: ReadonlyArray<Entry>
  readonly of: (node: StageNode) => Entry
}

/** The stage that produces an artifact; undefined for a file from outside. */
export const stageOf = (artifact: Artifact): StageNode | undefined =>
  artifact.origin.kind === "output" ? artifact.origin.stage : undefined

/**
 * Makes one entry for all nodes with equal declaration, parameters and wires. Iterative, because
 * chains may have ten thousand stages.
 */
export const intern = (roots: ReadonlyArray<Artifact>): Entries => {
  const byNode = new Map<StageNode, Entry>()
  const byIdentity = new Map<string, Entry>()
  const declarations = new Map<Declaration | PluginDeclaration, number>()
  const all: Array<Entry> = []
  const ordinal = (declaration: Declaration | PluginDeclaration): number => {
    const number = declarations.get(declaration) ?? declarations.size
    declarations.set(declaration, number)
    return number
  }
  /** A file is read as its type says, so one file with two types is two artifacts. */
  const reference = ({ origin, type }: Artifact): string =>
    origin.kind === "file"
      ? `file ${JSON.stringify([origin.path, type.kind === "table" ? Object.entries(type.columns) : null])}`
      : `${(byNode.get(origin.stage) as Entry).order}.${origin.output}`
  const describe = (wire: Wire): unknown =>
    wire.kind === "one"
      ? reference(wire.artifact)
      : wire.members.map(({ path, at, artifact }) => [path, Object.entries(at), reference(artifact)])
  const enter = (node: StageNode): void => {
    const wires = Object.fromEntries(Object.entries(node.wires).map(([port, wire]) => [port, describe(wire)]))
    const plugins = node.plugins.map(({ declaration }) => ordinal(declaration))
    const identity = canonicalJson([ordinal(node.declaration), node.parameters, plugins, wires])
    const entry = byIdentity.get(identity) ?? { node, order: all.length }
    if (entry.order === all.length) {
      byIdentity.set(identity, entry)
      all.push(entry)
    }
    byNode.set(node, entry)
  }
  const stack = roots.map(stageOf).reverse()
  while (stack.length > 0) {
    const node = stack[stack.length - 1]
    if (node === undefined || byNode.has(node)) {
      stack.pop()
      continue
    }
    const waiting = Object.values(node.wires)
      .flatMap(artifactsOf)
      .flatMap((artifact) => stageOf(artifact) ?? [])
      .filter((input) => !byNode.has(input))
    if (waiting.length === 0) {
      enter(node)
      stack.pop()
    } else stack.push(...waiting.reverse())
  }
  return { all, of: (node) => byNode.get(node) as Entry }
}
