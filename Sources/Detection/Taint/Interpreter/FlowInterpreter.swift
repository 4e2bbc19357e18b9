/// Runs a program on abstract values: every value knows where it may come from and, where computable, what it is.
/// Branches that cannot be taken are not run; the others are joined; loops run until nothing changes.
///
/// Functions of the same file are entered with the values they are called with; each is also run on its own, as if
/// called from elsewhere. Work is counted, never timed. One interpreter serves one file.
final class FlowInterpreter {
    /// The functions and classes of the file and of those it was linked with, and what else each file has.
    var functions: [Function]
    var classes: [ClassForm]
    var files: [ProgramFile]
    let linker: FlowLinker?
    /// Functions called with nothing known of their arguments: running them on their own would show nothing new.
    var covered: Set<Int> = []
    /// What functions return for arguments that nothing from outside is in.
    var knownResults: [CallShape: KnownResult] = [:]
    /// The calls of this file that were run.
    var called: Set<Int> = []
    /// What dotted names were found to be in other files.
    var linkedNames: [String: LinkTarget?] = [:]
    /// Which files declare what of the packages they import.
    var linkedFiles: [String: Int?] = [:]
    let book: FlowBook
    /// Per class that was asked for: those of other files that implement it.
    var implementing: [Int: [Int]] = [:]
    let dialect: Dialect
    let scratch: PatternScratch
    var paths = PathTable()
    /// The state at the current point; nil where it cannot be reached.
    var live: State?
    var frames: [Frame] = []
    var trace = FlowTrace()
    /// Numbers of paths that are classes whose source is known.
    var classNumbers: [Int: Int?] = [:]
    var staticObjects: [Int: Int] = [:]
    var closures: [Int: [String: Value]] = [:]
    var makings: [Int: Making] = [:]
    /// The types of the parameters of functions that libraries were given.
    var handlerTypes: [Int: [String]] = [:]
    var locatedNames: [String: String] = [:]
    /// Functions of other files that took more work than they were granted.
    var exhausting: [Int: Int] = [:]
    /// The functions that are run on their own.
    private(set) var entries: Set<Int> = []
    private(set) lazy var requestTypes = Set(book.parameters.values.map { paths.number($0) })
    /// What the variables of this file and of those it was linked with refer to.
    var moduleObjects: [Int: HeapObject] = [:]
    private var effectsCache: [Int: [String: CallEffects]] = [:]
    var storeSinkCache: [String: [FlowBook.SinkRef]] = [:]
    private var objectNumbers: [ObjectSite: Int] = [:]
    private(set) var hits: [FlowHit] = []
    private var hitPlaces: Set<FlowPlace> = []
    /// Whether every value that reached a sink was understood and harmless.
    private(set) var verdicts: [FlowPlace: Bool] = [:]
    /// Functions given up because they took too much work.
    private(set) var unfinished: [String] = []
    var workLeft = 0
    /// What of it calls must leave.
    var reserve = 0
    private var totalLeft = FlowInterpreter.mostWork
    var depth = 0

    /// Expressions and statements run per file and per entry.
    static let mostWork = 200_000
    private static let mostWorkPerEntry = 50_000
    /// What an entry gets where earlier ones used up the file's share; the file ends where they overdraw it as much again.
    private static let leastWorkPerEntry = 2000

    /// The part of much work that a function keeps for its own statements.
    static func reserve(of work: Int) -> Int { work < mostWork / 10 ? 0 : work / 8 }
    /// Calls entered within calls, and expressions within expressions.
    static let deepestCall = 8
    static let deepest = 600

    private struct ObjectSite: Hashable {
        let node: Int
        let context: Int
    }

    /// - Parameter linker: nil where calls into other files are not followed.
    init(_ program: Program, book: FlowBook, dialect: Dialect, scratch: PatternScratch, linker: FlowLinker?) {
        functions = program.functions
        classes = program.classes
        files = [ProgramFile(program, path: nil, functionBase: 0, classBase: 0)]
        self.linker = linker
        self.book = book
        self.dialect = dialect
        self.scratch = scratch
    }

    /// Runs the file's own statements, then every function, outer ones first.
    /// - Parameter entries: the functions worth running on their own.
    func run(_ entries: Set<Int>) {
        self.entries = entries
        let module = Frame(function: nil, receiver: .harmless, owner: nil, context: 0)
        if enter(module, name: "the file's own statements", { execute(files[0].body) }), let live {
            files[0].globals = live.variables
        }
        moduleObjects.merge(live?.objects ?? [:]) { _, new in new }
        // Only this file's functions: those of linked files have their own turn.
        let own = functions.indices.filter { functions[$0].node >> Self.fileShift == 0 && entries.contains($0) }
        for index in own.sorted(by: { functions[$0].node < functions[$1].node }) {
            if covered.contains(index) { continue }
            if totalLeft > -Self.mostWork { runEntry(index) } else { giveUp(index) }
        }
    }

    private func runEntry(_ index: Int) {
        let function = functions[index]
        live = entryState(index)
        let receiver = entryReceiver(index)
        let values = unknownArguments(index, types: handlerTypes[index] ?? [])
        for (parameter, value) in zip(function.parameters, values) { live?.variables[parameter.name] = value }
        let frame = Frame(function: index, receiver: receiver, owner: function.owner, context: function.node)
        _ = enter(frame, name: function.name) { execute(function.body) }
    }

    /// - Returns: false if the work ran out.
    private func enter(_ frame: Frame, name: String, _ body: () -> Void) -> Bool {
        if live == nil { live = State() }
        // What a file does when it is loaded is one entry that others rest on.
        let most = frame.function == nil ? Self.mostWork / 2 : Self.mostWorkPerEntry
        workLeft = min(most, max(totalLeft / 3, frame.function == nil ? most : Self.leastWorkPerEntry))
        reserve = Self.reserve(of: workLeft)
        let granted = workLeft
        frames = [frame]
        depth = 0
        body()
        endClosures()
        totalLeft -= granted - max(0, workLeft)
        if workLeft <= 0, !unfinished.contains(name) { unfinished.append(name) }
        return workLeft > 0
    }

    /// Notes a function that was not followed.
    func giveUp(_ index: Int) {
        let name = functions[index].name
        if !unfinished.contains(name) { unfinished.append(name) }
    }

    /// Takes a unit of work; false when none is left.
    func work() -> Bool {
        workLeft -= 1
        if workLeft <= 0 { live = nil }
        return workLeft > 0
    }

    /// Joining a state is work by its size.
    func charge(_ state: State) { workLeft -= (state.variables.count + state.objects.count) / 4 }

    // MARK: Objects

    /// The object made at a place; the same one each time the place is run in the same call.
    func allocate(_ node: Int, _ object: HeapObject) -> Int {
        let site = ObjectSite(node: node, context: frames.last?.context ?? 0)
        let number = objectNumbers[site] ?? objectNumbers.count + 1
        objectNumbers[site] = number
        live?.objects[number] = object
        return number
    }

    /// Where everything in a value, and in what it refers to, may come from.
    func deep(_ value: Value) -> Value {
        guard !value.objects.isEmpty else { return value.content }
        var result = value.content
        var seen = Set(value.objects)
        var queue = value.objects
        while let id = queue.popLast() {
            guard let object = live?.objects[id] else { continue }
            let inner = object.all
            result.joinFlows(inner.flows)
            for next in inner.objects where seen.count < 64 && seen.insert(next).inserted { queue.append(next) }
        }
        return result
    }

    // MARK: Knowledge

    func effects(_ owner: Int, _ name: String) -> CallEffects {
        if let known = effectsCache[owner]?[name] { return known }
        let effects = book.effects(owner: dialect.typeName(paths.text(owner)), name: name)
        effectsCache[owner, default: [:]][name] = effects
        return effects
    }

    /// A value that comes straight from a source.
    func sourced(_ source: FlowBook.SourceRef, at node: Int, path: Int) -> Value {
        let origin = trace.origin(source, at: node)
        return Value(flows: [Flow(source: origin, step: trace.firstStep(of: origin), clean: source.clean)], path: path)
    }

    // MARK: Results

    /// A sink in another file is reported where this file calls it.
    func report(_ hit: FlowHit) {
        var hit = hit
        if hit.node >> Self.fileShift != 0, passesHere(hit), let call = frames.first(where: { $0.file != 0 })?.call {
            hit = FlowHit(rule: hit.rule, node: call, step: hit.step)
        }
        guard hit.node >> Self.fileShift == 0, hit.node > 0 else { return }
        if hitPlaces.insert(FlowPlace(rule: hit.rule, node: hit.node)).inserted { hits.append(hit) }
    }

    /// Whether the way of a value leads through this file; else the other file reports it.
    private func passesHere(_ hit: FlowHit) -> Bool {
        trace.path(to: hit.step).contains { $0.node >> Self.fileShift == 0 }
    }

    func note(_ place: FlowPlace, isHarmless: Bool) { verdicts[place] = (verdicts[place] ?? true) && isHarmless }
}

/// A call being run.
struct Frame {
    /// Nil for a file's own statements.
    let function: Int?
    var file = 0
    /// The call that led here, in the calling file.
    var call = 0
    let receiver: Value
    /// The class whose members are in scope.
    let owner: Int?
    /// Tells the objects of one call from those of another.
    let context: Int
    var returned: Value?
    var returnedState: State?
    var loops: [LoopFrame] = []
    /// What handlers of the enclosing `try` statements may see.
    var attempts: [State] = []
    var defined: [Int] = []
}

/// A loop or switch being run.
struct LoopFrame {
    let isLoop: Bool
    var stopped: State?
    var again: State?
}

/// A value that reached a sink.
struct FlowHit {
    /// Position among the flow rules.
    let rule: Int
    let node: Int
    /// The last step before the sink; -1 where a known value is the harm.
    let step: Int
}

struct FlowPlace: Hashable {
    let rule: Int
    let node: Int
}
