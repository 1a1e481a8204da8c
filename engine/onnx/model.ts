import protobuf from "protobufjs/light.js"

/**
 * The part of ONNX's protobuf schema that a traced graph needs (onnx.proto3; field numbers are the
 * specification's).
 */

export type ElementType = "float32" | "int32" | "int64" | "bool"

const elementNumber = { float32: 1, int32: 6, int64: 7, bool: 9 } as const satisfies Record<ElementType, number>

/** An attribute, tagged by its ONNX type: the numbers 1 and 1.0 are different attributes. */
export type Attribute =
  | { readonly int: number }
  | { readonly ints: ReadonlyArray<number> }
  | { readonly float: number }
  | { readonly string: string }

export interface Node {
  readonly operation: string
  /** `com.microsoft` for ONNX Runtime's own operators, else empty. */
  readonly domain: string
  readonly inputs: ReadonlyArray<string>
  readonly outputs: ReadonlyArray<string>
  readonly attributes: Readonly<Record<string, Attribute>>
}

export interface Port {
  readonly name: string
  readonly type: ElementType
  readonly shape: ReadonlyArray<number>
}

export interface Initializer extends Port {
  /** Little-endian, row-major. */
  readonly bytes: Uint8Array
}

export interface Model {
  readonly nodes: ReadonlyArray<Node>
  readonly initializers: ReadonlyArray<Initializer>
  readonly inputs: ReadonlyArray<Port>
  readonly outputs: ReadonlyArray<Port>
}

const repeated = (type: string, id: number) => ({ rule: "repeated", type, id })
const single = (type: string, id: number) => ({ type, id })

const schema = protobuf.Root.fromJSON({
  nested: {
    Attribute: {
      fields: {
        name: single("string", 1),
        f: single("float", 2),
        i: single("int64", 3),
        s: single("bytes", 4),
        ints: { ...repeated("int64", 8), options: { packed: true } },
        type: single("int32", 20),
      },
    },
    Node: {
      fields: {
        input: repeated("string", 1),
        output: repeated("string", 2),
        name: single("string", 3),
        opType: single("string", 4),
        attribute: repeated("Attribute", 5),
        domain: single("string", 7),
      },
    },
    Tensor: {
      fields: {
        dims: { ...repeated("int64", 1), options: { packed: true } },
        dataType: single("int32", 2),
        name: single("string", 8),
        rawData: single("bytes", 9),
      },
    },
    Dimension: { fields: { dimValue: single("int64", 1) } },
    Shape: { fields: { dim: repeated("Dimension", 1) } },
    TensorType: { fields: { elemType: single("int32", 1), shape: single("Shape", 2) } },
    Type: { fields: { tensorType: single("TensorType", 1) } },
    ValueInfo: { fields: { name: single("string", 1), type: single("Type", 2) } },
    Graph: {
      fields: {
        node: repeated("Node", 1),
        name: single("string", 2),
        initializer: repeated("Tensor", 5),
        input: repeated("ValueInfo", 11),
        output: repeated("ValueInfo", 12),
      },
    },
    OperatorSet: { fields: { domain: single("string", 1), version: single("int64", 2) } },
    Model: {
      fields: {
        irVersion: single("int64", 1),
        producerName: single("string", 2),
        graph: single("Graph", 7),
        opsetImport: repeated("OperatorSet", 8),
      },
    },
  },
})

const ModelMessage = schema.lookupType("Model")

const attributeMessage = ([name, attribute]: [string, Attribute]): object => {
  if ("int" in attribute) return { name, i: attribute.int, type: 2 }
  if ("ints" in attribute) return { name, ints: attribute.ints, type: 7 }
  if ("float" in attribute) return { name, f: attribute.float, type: 1 }
  return { name, s: new TextEncoder().encode(attribute.string), type: 3 }
}

const portMessage = ({ name, type, shape }: Port): object => ({
  name,
  type: { tensorType: { elemType: elementNumber[type], shape: { dim: shape.map((dimValue) => ({ dimValue })) } } },
})

/** Serialises a graph: ONNX IR 10, operator set 20. */
export const encodeModel = (model: Model): Uint8Array => {
  const message = {
    irVersion: 10,
    producerName: "assay",
    opsetImport: [
      { domain: "", version: 20 },
      { domain: "com.microsoft", version: 1 },
    ],
    graph: {
      name: "program",
      node: model.nodes.map(({ operation, domain, inputs, outputs, attributes }) => ({
        name: outputs[0],
        opType: operation,
        domain,
        input: inputs,
        output: outputs,
        attribute: Object.entries(attributes).map(attributeMessage),
      })),
      initializer: model.initializers.map(({ name, type, shape, bytes }) => ({
        name,
        dataType: elementNumber[type],
        dims: shape,
        rawData: bytes,
      })),
      input: model.inputs.map(portMessage),
      output: model.outputs.map(portMessage),
    },
  }
  return ModelMessage.encode(ModelMessage.fromObject(message)).finish()
}
