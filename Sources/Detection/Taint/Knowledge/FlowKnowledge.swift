import OrchestratorCore

/// What is known of a language's libraries: where outside data enters, what cleans it, what passes it on.
struct FlowKnowledge: Sendable {
    /// The file it was read from: knowledge of one file counts once.
    var name = ""
    var sources: [Source] = []
    var cleaners: [Cleaner] = []
    var types: [(signature: Signature, type: String)] = []
    /// Type -> supertype.
    var supertypes: [String: String] = [:]
    var operations: [(signature: Signature, operation: LibraryOperation)] = []
    /// Functions whose results no outsider controls.
    var harmless: [Signature] = []
    /// Functions whose results come from elsewhere, whatever they are given: database queries.
    var opaque: [Signature] = []
    /// Functions that never return: `exit`.
    var ends: [Signature] = []
    /// Parameters that carry a framework's request object: name -> type.
    var parameters: [String: String] = [:]
    /// Functions that, where they hold, make a value harmless.
    var checks: [Check] = []
    /// Texts without which an attack of some kinds is not possible.
    var guards: [(text: String, kinds: [String])] = []
    /// Parts of an address whose comparison makes the address harmless: `netloc`.
    var hosts: [(name: String, kinds: [String])] = []
    /// Kinds of sink where a value that must be one quoted literal is harmless.
    var quoted: [String] = []
    /// Paths that, in a function for one fixed route, are that route.
    var fixedPaths: [String] = []
    /// Calls that hand functions to a library, and the types of what it passes to them.
    var handlers: [Handlers] = []
    /// Kinds of sink for which text, as opposed to objects from outside, is harmless.
    var textual: [String] = []
    /// Kinds of sink for which an address is harmless that starts with a known host or path.
    var anchored: [String] = []
    /// Words of which one must occur in a file before any source can.
    var words: [String] = []

    struct Source: Sendable {
        let kind: String
        let note: String
        var calls: [Signature] = []
        /// Paths whose mere reading yields outside data: `flask.request.args`.
        var members: [String] = []
        /// Annotations of parameters: `RequestParam`.
        var marks: [String] = []
        /// Kinds of sink for which it is harmless.
        var clean: [String] = []
        /// Decorators of functions all of whose parameters count.
        var decorated: [Signature] = []
    }

    struct Check: Sendable {
        let names: [String]
        let kinds: [String]
        /// Types the value must have; empty for any. The value and whatever came from the same place is then harmless.
        let types: [String]
        /// The position of the argument that is checked; nil for the receiver.
        let subject: Int?
    }

    struct Handlers: Sendable {
        let calls: [Signature]
        let types: [String]
        let conditions: [FlowSink.Condition]
    }

    struct Cleaner: Sendable {
        let calls: [Signature]
        let kinds: [String]
        /// Undoes cleaning instead: decoders.
        let restores: Bool
        /// Values clean for one of these stay as they are.
        let unless: [String]
    }
}

/// What a library function does, in terms every language shares.
enum LibraryOperation: String, Sendable, CaseIterable {
    // texts
    case length, charAt = "char_at", substring, upper, lower, trim, concat, replace, contains
    /// The result depends on what goes in and on nothing else.
    case pure, split
    case startsWith = "starts_with", endsWith = "ends_with", indexOf = "index_of", equals
    case equalsIgnoringCase = "equals_ignoring_case", isEmpty = "is_empty", format, join, text, copy
    case builder, append, edit
    // numbers
    case number
    // collections
    case list, listOf = "list_of", add, insert, get, set, remove, pop, clear, addAll = "add_all", has
    case map, put, getOr = "get_or", entries
    /// Fills the receiver from elsewhere: `Properties.load`.
    case load
    /// The keys of a map, the numbers of a list: harmless unless all of it came from outside.
    case keys
    /// Runs another file of the repository in the same scope; the last argument is the end of its name.
    case include
    case putSection = "put_section", getSection = "get_section"
    /// What any number of values do to a list: `push(a, b)`, `concat(a, b)`.
    case push, concatenate
    /// The receiver, a list or text, with the argument at its end: Ruby's `<<`.
    case shovel
    /// The receiver with what the arguments are, or hold, added: Go's `append`.
    case grow, growAll = "grow_all"
    /// Objects as such: `Object.values`, `Object.entries`, `Object.assign`.
    case valuesOf = "values_of", pairsOf = "pairs_of", assignAll = "assign_all"
    // functions that are given functions: for each element; new elements; the same, fewer or one of them; one value
    case each, transform, select, pick, fold
    /// Gives the receiver itself to a function: promises.
    case then
    // the result is the first argument, the receiver
    case argument, receiver

    /// Whether the value it is about is the receiver, not an argument.
    var isAboutReceiver: Bool {
        switch self {
        case .argument, .receiver, .pure, .number, .list, .listOf, .map, .builder, .format, .join, .text, .copy,
            .concat,
            .include, .keys:
            false
        default: true
        }
    }
}
