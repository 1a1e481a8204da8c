import { layouts } from "./formats/index.ts"
import type { LeaveOut } from "./left-out.ts"
import type { ForeignPreference, PreferenceFormat } from "./preference.ts"
import { openTrees } from "./readers/tree.ts"
import { type ForeignRecord, required, spell } from "./record.ts"

/** A message with the replies to it, as the files of trees have it. */
interface Node {
  readonly fields: ForeignRecord["fields"]
  readonly replies: Array<Node>
}

/**
 * OpenAssistant's messages as a table: `parent_id` is the message that is answered, null at the
 * root of a tree. The messages of a tree stand together, and are read as the tree that they are.
 */
export const oasstMessages: PreferenceFormat = {
  columns: ["message_id", "parent_id", "message_tree_id", "text", "role", "rank"],
  // A root has no parent, and a prompt no rank: JSON Lines leave them out.
  needed: ["message_id", "message_tree_id", "text", "role"],
  source: "human",
  open: (leave) => {
    let tree: Tree | undefined
    return {
      read: (record) => {
        const id = idOf(record, "message_tree_id")
        const before = tree
        if (tree?.id !== id) tree = { id, first: record, messages: [] }
        tree?.messages.push(record)
        return before === undefined || before.id === id ? [] : pairsOf(before, leave)
      },
      end: () => (tree === undefined ? [] : pairsOf(tree, leave)),
    }
  },
}

interface Tree {
  readonly id: string
  readonly first: ForeignRecord
  readonly messages: Array<ForeignRecord>
}

const idOf = (record: ForeignRecord, field: string): string => {
  const value = required(record, field)
  if (typeof value !== "string") throw record.fault(field, `is ${spell(value)}; expected text`)
  return value
}

/** The pairs of a tree. A message whose parent is missing is counted, with all that answers it. */
const pairsOf = ({ first, messages }: Tree, leave: LeaveOut): ReadonlyArray<ForeignPreference> => {
  const nodes = new Map(messages.map((record): [string, Node] => [idOf(record, "message_id"), { fields: record.fields, replies: [] }]))
  const roots: Array<Node> = []
  for (const node of nodes.values()) {
    const { parent_id } = node.fields
    const isRoot = parent_id === null || parent_id === undefined || parent_id === ""
    const siblings = isRoot ? roots : nodes.get(String(parent_id))?.replies
    if (siblings === undefined)
      leave("no-prompt", 1, first.fault("parent_id", `is ${spell(parent_id)}, which is not a message of its tree`))
    else siblings.push(node)
  }
  return roots.flatMap((root) => [...openTree(leave).read({ ...first, fields: { prompt: nestReplies(root) } })])
}

const nestReplies = ({ fields, replies }: Node): unknown => ({ ...fields, replies: replies.map(nestReplies) })

const openTree = (leave: LeaveOut) => openTrees(layouts["oasst-trees"].mapping as Parameters<typeof openTrees>[0], leave)
