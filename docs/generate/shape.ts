/**
 * The JSON that a value becomes, in the notation of TypeScript, with the docstrings of its fields.
 */

import ts from "typescript"
import { docstring } from "./source.ts"

/** Up to this many characters, an object stays on one line. */
const lineWidth = 100

export const shapeText = (checker: ts.TypeChecker, type: ts.Type): string => new Shape(checker).of(type, "")

class Shape {
  private readonly open: Array<ts.Type> = []
  private readonly checker: ts.TypeChecker
  constructor(checker: ts.TypeChecker) {
    this.checker = checker
  }

  of(type: ts.Type, indent: string): string {
    const { checker } = this
    const alias = type.aliasSymbol?.name
    if (alias === "Json" || alias === "JsonObject") return alias
    if (type.isUnion()) return this.union(type, indent)
    if (!(type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection))) return checker.typeToString(type)
    const name = type.symbol?.name ?? ""
    if (/^(Int|Uint|Float)\d+Array$/.test(name)) return "Array<number>"
    const [element] = checker.isArrayType(type) || name === "ReadonlyArray" ? checker.getTypeArguments(type as ts.TypeReference) : []
    if (checker.isTupleType(type))
      return `[${checker
        .getTypeArguments(type as ts.TypeReference)
        .map((each) => this.of(each, indent))
        .join(", ")}]`
    if (element !== undefined) return `Array<${this.of(element, indent)}>`
    if (this.open.includes(type)) return alias ?? name
    this.open.push(type)
    const text = this.object(type, indent)
    this.open.pop()
    return text
  }

  private union(type: ts.UnionType, indent: string): string {
    // An absent field and `undefined` are the same in JSON.
    const members = type.types.filter((each) => !(each.flags & ts.TypeFlags.Undefined))
    const isBoolean = members.filter((each) => each.flags & ts.TypeFlags.BooleanLiteral).length === 2
    const texts = members.map((each) => (isBoolean && each.flags & ts.TypeFlags.BooleanLiteral ? "boolean" : this.of(each, indent)))
    return [...new Set(texts)].sort((a, b) => Number(a === "null") - Number(b === "null")).join(" | ")
  }

  private object(type: ts.Type, indent: string): string {
    const { checker } = this
    const inner = `${indent}  `
    const index = checker
      .getIndexInfosOfType(type)
      .map(({ type: value }) => ({ doc: "", text: `[name: string]: ${this.of(value, inner)}` }))
    const fields = checker.getPropertiesOfType(type).flatMap((property) => {
      const value = checker.getTypeOfSymbol(property)
      // What is always undefined is never printed.
      if (value.flags & ts.TypeFlags.Undefined) return []
      const mark = property.flags & ts.SymbolFlags.Optional ? "?" : ""
      return [{ doc: docstring(checker, property), text: `${property.name}${mark}: ${writtenText(property) ?? this.of(value, inner)}` }]
    })
    const parts = [...fields, ...index]
    const line = `{ ${parts.map(({ text }) => text).join("; ")} }`
    if (parts.every(({ doc, text }) => doc === "" && !text.includes("\n")) && indent.length + line.length <= lineWidth) return line
    const lines = parts.flatMap(({ doc, text }) => [...(doc === "" ? [] : doc.split("\n").map((each) => `// ${each}`)), text])
    return `{\n${lines.map((each) => `${inner}${each}`).join("\n")}\n${indent}}`
  }
}

/** A text that the code writes out, which the compiler widens to `string`. */
const writtenText = (property: ts.Symbol): string | undefined => {
  const declared = property.valueDeclaration
  return declared !== undefined && ts.isPropertyAssignment(declared) && ts.isStringLiteral(declared.initializer)
    ? declared.initializer.getText()
    : undefined
}
