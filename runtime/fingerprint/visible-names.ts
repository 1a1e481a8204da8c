import type { Reference, Variable } from "eslint-scope"
import { type Node, propertyName, type Scopes, walk } from "./scope.ts"

/**
 * What a program may find out about its own text: nothing; names of functions and classes, by
 * `.name`; or all of it, by `toString` or a stack. What it sees is part of its identity; all other
 * names may change freely.
 */
export type VisibleText =
  | { readonly sees: "nothing" }
  | { readonly sees: "names"; readonly names: ReadonlyArray<string> }
  | { readonly sees: "text" }

/** Errs on the safe side: what is called `name` may be that of a function. */
export const visibleText = (scopes: Scopes): VisibleText => {
  let readsNames = false
  let readsText = false
  walk(scopes.tree, (node, parent) => {
    const read = propertyRead(node, parent)
    if (read === "name" || read === "constructor") readsNames = true
    if (read === "stack") readsText = true
    if (read === "toString" && !isCallWithArguments(node, parent)) readsText = true
  })
  const functions = scopes.variables.filter(isFunction)
  readsText ||= functions.some(({ references }) => references.some((reference) => becomesText(reference, scopes)))
  if (readsText) return { sees: "text" }
  if (!readsNames) return { sees: "nothing" }
  // Of a function that is called and never handed around, nothing can ask the name.
  const names = functions
    .filter(({ references }) => references.some((reference) => isHandedOver(reference, scopes)))
    .map(({ name }) => name)
  return names.length === 0 ? { sees: "nothing" } : { sees: "names", names }
}

/** The property that an expression reads, or a pattern takes out of something. */
const propertyRead = (node: Node, parent: Node | undefined): string | null => {
  if (node.type === "MemberExpression") {
    const isTarget = parent?.type === "AssignmentExpression" && parent.left === node && parent.operator === "="
    return isTarget ? null : propertyName(node)
  }
  return node.type === "Property" && parent?.type === "ObjectPattern" ? propertyName(node) : null
}

/** `value.toString(16)` is not of a function. */
const isCallWithArguments = (node: Node, parent: Node | undefined): boolean =>
  parent?.type === "CallExpression" && parent.callee === node && (parent.arguments as ReadonlyArray<Node>).length > 0

const functionTypes = new Set(["FunctionExpression", "ArrowFunctionExpression", "ClassExpression"])

/** Whether a variable holds a function or a class that has its name from it. */
const isFunction = ({ defs }: Variable): boolean =>
  defs.some(({ type, node }) => {
    if (type === "FunctionName" || type === "ClassName") return true
    const { init } = node as { readonly init?: Node | null }
    return type === "Variable" && init != null && functionTypes.has(init.type)
  })

/**
 * A use of a function other than a call of it. What makes instances of a class shows its name by
 * `constructor`.
 */
const isHandedOver = (reference: Reference, { parentOf }: Scopes): boolean => {
  if (reference.isWrite()) return false
  const { identifier } = reference
  const parent = parentOf(identifier)
  return !(parent?.type === "CallExpression" && parent.callee === (identifier as unknown))
}

/** `String(helper)`, `${helper}`, `helper + ""`: the text of a function. */
const becomesText = ({ identifier }: Reference, { parentOf }: Scopes): boolean => {
  const parent = parentOf(identifier)
  if (parent?.type === "TemplateLiteral") return true
  if (parent?.type === "BinaryExpression") return parent.operator === "+"
  const callee = parent?.type === "CallExpression" ? (parent.callee as Node) : undefined
  return callee?.type === "Identifier" && callee.name === "String"
}
