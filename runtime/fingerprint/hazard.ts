import type { Compiled } from "../bundle/compile.ts"

/** A node of an ESTree syntax tree. */
interface Node {
  readonly type: string
  readonly [field: string]: unknown
}

/** Built-in modules whose every export is a function of its arguments (or of time that no result may hold). */
const pureModules = new Set([
  "assert",
  "async_hooks",
  "buffer",
  "crypto",
  "events",
  "path",
  "perf_hooks",
  "punycode",
  "querystring",
  "stream",
  "string_decoder",
  "timers",
  "url",
  "util",
  "zlib",
])

/** What a stage's own reachable code does that its digest cannot account for, a clause each. */
export interface Hazards {
  /** It depends on more than any fingerprint says: no result of it can be kept. */
  readonly outside: ReadonlyArray<string>
  /** It makes or loads code in ways that the digest of reachable code does not follow: its files are compared as they are. */
  readonly opaque: ReadonlyArray<string>
  /** Of the opaque ones: what it loads by a computed name may be any file, or package, of the project. */
  readonly computedNames: boolean
}

/** `tree` is the program as ESTree, its locals renamed, so that a local called `process` is not taken for the global. */
export const hazardsOf = (tree: unknown, externals: Compiled["externals"]): Hazards => {
  const outside = new Set<string>()
  const opaque = new Set<string>()
  for (const { specifier, package: folder, absentFrom } of externals.values()) {
    const name = specifier.replace(/^node:/, "").split("/")[0] ?? ""
    if (folder === null && absentFrom === null && !pureModules.has(name)) outside.add(`it imports ${specifier}`)
    if (specifier.endsWith(".node")) opaque.add(`it imports the native add-on ${specifier}`)
  }
  let computedNames = false
  visit(tree, (node) => {
    const read = outsideRead(node)
    if (read !== null) outside.add(read)
    const load = computedName(node)
    if (load !== null) computedNames = true
    const made = load ?? codeFromText(node)
    if (made !== null) opaque.add(made)
  })
  return { outside: [...outside].sort(), opaque: [...opaque].sort(), computedNames }
}

const outsideRead = (node: Node): string | null => {
  switch (node.type) {
    case "MetaProperty":
      return nameOf(node.meta) === "import" ? "it reads import.meta" : null
    case "MemberExpression": {
      const property = nameOf(node.property)
      return nameOf(node.object) === "process" && property !== null && ["env", "argv", "cwd"].includes(property)
        ? `it reads process.${property}`
        : null
    }
    default:
      return null
  }
}

const computedName = (node: Node): string | null => {
  if (node.type === "ImportExpression") return isLiteral(node.source) ? null : "it imports a module whose name is computed"
  if (node.type !== "CallExpression" || nameOf(node.callee) !== "require") return null
  const [argument] = node.arguments as ReadonlyArray<unknown>
  return isLiteral(argument) ? null : "it requires a module whose name is computed"
}

const codeFromText = (node: Node): string | null => {
  if (node.type !== "CallExpression" && node.type !== "NewExpression") return null
  const callee = nameOf(node.callee)
  if (callee === "eval") return "it calls eval"
  return callee === "Function" ? "it makes code from text" : null
}

const visit = (value: unknown, see: (node: Node) => void): void => {
  const stack: Array<unknown> = [value]
  while (stack.length > 0) {
    const current = stack.pop()
    if (typeof current !== "object" || current === null) continue
    if (isNode(current)) see(current)
    stack.push(...Object.values(current))
  }
}

const isNode = (value: object): value is Node => "type" in value && typeof value.type === "string"

const nameOf = (value: unknown): string | null =>
  typeof value === "object" && value !== null && "name" in value && typeof value.name === "string" ? value.name : null

const isLiteral = (value: unknown): boolean => typeof value === "object" && value !== null && (value as Node).type === "Literal"
