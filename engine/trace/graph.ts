import type { Attribute, ElementType, Initializer, Model, Node, Port } from "../onnx/model.ts"

/** A value in the graph. It has `data` if it is known while tracing. */
export interface Value {
  readonly name: string
  readonly type: ElementType
  readonly shape: ReadonlyArray<number>
  readonly data?: ArrayLike<number>
}

export interface NodeOptions {
  readonly attributes?: Readonly<Record<string, Attribute>>
  readonly domain?: "com.microsoft"
}

export const sizeOf = (shape: ReadonlyArray<number>): number => shape.reduce((product, size) => product * size, 1)

/**
 * Collects nodes in execution order. A node with the same operator, inputs and attributes as an
 * earlier one is that node.
 */
export class GraphBuilder {
  readonly #nodes: Array<Node> = []
  readonly #initializers: Array<Initializer> = []
  readonly #inputs: Array<Port> = []
  readonly #outputs: Array<{ readonly name: string; readonly value: Value }> = []
  readonly #known = new Map<string, ReadonlyArray<Value>>()
  readonly #bytes = new Map<string, number>()

  input(name: string, shape: ReadonlyArray<number>, type: ElementType): Value {
    this.#inputs.push({ name, shape, type })
    return { name, shape, type }
  }

  /** A constant; equal ones share an initializer. */
  constant(data: ArrayLike<number>, shape: ReadonlyArray<number>, type: ElementType): Value {
    const bytes = constantBytes(data, type)
    const key = `constant ${type} [${shape}] ${Buffer.from(bytes).toString("latin1")}`
    const known = this.#known.get(key)?.[0]
    if (known !== undefined) return known
    const value = { name: `c${this.#initializers.length}`, type, shape, data }
    this.#initializers.push({ name: value.name, type, shape, bytes })
    this.#known.set(key, [value])
    return value
  }

  /** A list of int64: the form of shapes, axes and indices in ONNX. */
  integers(values: ReadonlyArray<number>): Value {
    return this.constant(values, [values.length], "int64")
  }

  node(
    operation: string,
    inputs: ReadonlyArray<Value | undefined>,
    outputs: ReadonlyArray<Omit<Value, "name" | "data">>,
    options: NodeOptions = {},
  ): ReadonlyArray<Value> {
    // An empty tensor needs no computing, and some operators of ONNX Runtime fail on it.
    if (outputs.every(({ shape }) => sizeOf(shape) === 0)) return outputs.map(({ shape, type }) => this.constant([], shape, type))
    const { attributes = {}, domain = "" } = options
    const names = inputs.map((input) => input?.name ?? "")
    const key = JSON.stringify([operation, domain, names, attributes, outputs.map(({ shape }) => shape)])
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const values = outputs.map(({ type, shape }, index) => ({
      name: `v${this.#nodes.length}${index === 0 ? "" : `.${index}`}`,
      type,
      shape,
    }))
    this.#nodes.push({ operation, domain, inputs: names, outputs: values.map(({ name }) => name), attributes })
    this.#known.set(key, values)
    for (const { name, shape, type } of values) this.#bytes.set(name, sizeOf(shape) * elementBytes[type])
    return values
  }

  /** Makes a value the graph's output of this name. */
  output(name: string, value: Value): void {
    this.#outputs.push({ name, value })
  }

  /** The bytes of every value that a node outputs. */
  get bytes(): ReadonlyMap<string, number> {
    return this.#bytes
  }

  /** The graph, reduced to what its outputs need: ONNX Runtime would compute the rest too. */
  model(): Model {
    const needed = new Set(this.#outputs.map(({ value }) => value.name))
    const nodes = this.#nodes.reduceRight<Array<Node>>((kept, node) => {
      if (!node.outputs.some((output) => needed.has(output))) return kept
      for (const input of node.inputs) needed.add(input)
      kept.push(node)
      return kept
    }, [])
    const initializers = this.#initializers.filter(({ name }) => needed.has(name))
    const outputs = this.#outputs.map(({ name, value: { shape, type } }) => ({ name, shape, type }))
    return { nodes: this.#named(nodes.reverse()), initializers, inputs: this.#inputs, outputs }
  }

  /** The nodes, with outputs renamed in place, because an Identity node would copy them. */
  #named(nodes: ReadonlyArray<Node>): ReadonlyArray<Node> {
    const yielded = new Set(nodes.flatMap(({ outputs }) => outputs))
    const names = new Map<string, string>()
    const copies: Array<Node> = []
    for (const { name, value } of this.#outputs) {
      if (yielded.has(value.name) && !names.has(value.name)) names.set(value.name, name)
      else copies.push({ operation: "Identity", domain: "", inputs: [value.name], outputs: [name], attributes: {} })
    }
    const renamed = (all: ReadonlyArray<string>) => all.map((name) => names.get(name) ?? name)
    return [...nodes, ...copies].map((node) => ({ ...node, inputs: renamed(node.inputs), outputs: renamed(node.outputs) }))
  }
}

const elementBytes = { float32: 4, int32: 4, int64: 8, bool: 1 } as const satisfies Record<ElementType, number>

const constantBytes = (data: ArrayLike<number>, type: ElementType): Uint8Array => {
  if (type === "float32") return new Uint8Array(Float32Array.from(data).buffer)
  if (type === "int32") return new Uint8Array(Int32Array.from(data).buffer)
  if (type === "bool") return Uint8Array.from(data)
  return new Uint8Array(BigInt64Array.from(Array.from(data, BigInt)).buffer)
}
