import { parse } from "acorn"
import { analyze, type Reference, type Scope, type Variable } from "eslint-scope"

/** A node of a syntax tree. */
export interface Node {
  readonly type: string
  readonly [field: string]: unknown
}

/** A program's names: which of them it declares itself, and which come from outside. */
export interface Scopes {
  readonly tree: Node
  readonly variables: ReadonlyArray<Variable>
  /** Uses of names that the program does not declare: of what Node provides. */
  readonly free: ReadonlyArray<Reference>
  /** The node around another one. */
  readonly parentOf: (node: unknown) => Node | undefined
}

/** Reads a program in one piece. Throws a SyntaxError for what is not JavaScript. */
export const scopesOf = (code: string): Scopes => {
  const tree = parse(code, { ecmaVersion: "latest", sourceType: "module", ranges: true }) as unknown as Node
  const { scopes, globalScope } = analyze(tree as never, { ecmaVersion: 2024, sourceType: "module", ignoreEval: true })
  const parents = new Map<unknown, Node>()
  walk(tree, (node, parent) => {
    if (parent !== undefined) parents.set(node, parent)
  })
  return {
    tree,
    variables: scopes.flatMap((scope: Scope) => scope.variables),
    free: globalScope?.through ?? [],
    parentOf: (node) => parents.get(node),
  }
}

/** Every node with the one around it. Iterative: bundles are deep. */
export const walk = (tree: Node, see: (node: Node, parent: Node | undefined) => void): void => {
  const stack: Array<{ readonly value: unknown; readonly parent: Node | undefined }> = [{ value: tree, parent: undefined }]
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { value, parent } = next
    if (typeof value !== "object" || value === null || value instanceof RegExp) continue
    if (!isNode(value)) {
      for (const entry of Object.values(value)) stack.push({ value: entry, parent })
      continue
    }
    see(value, parent)
    for (const entry of Object.values(value)) stack.push({ value: entry, parent: value })
  }
}

const isNode = (value: object): value is Node => "type" in value && typeof value.type === "string"

/**
 * The name that a member expression, property or pattern reads, as far as it stands there:
 * `x.name`, `x["name"]`.
 */
export const propertyName = (node: Node): string | null => {
  const key = (node.type === "MemberExpression" ? node.property : node.key) as Node | undefined
  if (key === undefined) return null
  if (node.computed !== true && key.type === "Identifier") return String(key.name)
  if (key.type === "Literal") return String(key.value)
  const quasis = key.type === "TemplateLiteral" ? (key.quasis as ReadonlyArray<{ value: { cooked: string } }>) : []
  return quasis.length === 1 ? (quasis[0]?.value.cooked ?? null) : null
}
