/// The variables and objects at one point of a function.
struct State {
    var variables: [String: Value] = [:]
    var objects: [Int: HeapObject] = [:]
    /// What was learned of places that are no variables: `req.body.name`.
    var places: [String: Value] = [:]

    /// Covers another path to the same point as well.
    /// - Returns: true if that changed anything.
    @discardableResult
    mutating func join(_ other: State, widening: Bool = false) -> Bool {
        var changed = false
        for (name, value) in other.variables {
            if variables[name]?.join(value, widening: widening) ?? false { changed = true }
            if variables[name] == nil {
                variables[name] = value
                changed = true
            }
        }
        if !places.isEmpty {
            // Holds only where it holds on both ways.
            for key in Array(places.keys) {
                if let theirs = other.places[key] {
                    if places[key]?.join(theirs, widening: widening) ?? false { changed = true }
                } else {
                    places[key] = nil
                    changed = true
                }
            }
        }
        for (id, object) in other.objects {
            if objects[id]?.join(object, widening: widening) ?? false { changed = true }
            if objects[id] == nil {
                objects[id] = object
                changed = true
            }
        }
        return changed
    }
}

/// A list, map, record or text under construction.
///
/// Copies share their content until one is changed, so that states which did not touch it are joined at no cost.
struct HeapObject {
    private final class Content {
        var items: [Value]?
        var fields: [String: Value] = [:]
        var rest: Value?
        var start: String?

        init(_ items: [Value]?, _ fields: [String: Value], _ rest: Value?, _ start: String?) {
            self.items = items
            self.fields = fields
            self.rest = rest
            self.start = start
        }
    }

    private var content: Content

    init(items: [Value]? = nil) { content = Content(items, [:], nil, nil) }

    private mutating func own() {
        if !isKnownUniquelyReferenced(&content) {
            content = Content(content.items, content.fields, content.rest, content.start)
        }
    }

    /// The elements in order, while their number is known.
    var items: [Value]? {
        get { content.items }
        set { own(); content.items = newValue }
    }

    /// Values at known keys or in named fields.
    var fields: [String: Value] {
        get { content.fields }
        _modify { own(); yield &content.fields }
    }

    /// What stands at places that are not known; nil for nothing.
    var rest: Value? {
        get { content.rest }
        _modify { own(); yield &content.rest }
    }

    /// How a text under construction begins, once its parts are not known one by one.
    var start: String? {
        get { content.start }
        set { own(); content.start = newValue }
    }

    /// How it begins, as far as that is known.
    private var beginning: String? { items.map { $0.first?.beginning } ?? start }

    /// Elements tracked one by one.
    private static let mostItems = 64

    static var emptyList: HeapObject { HeapObject(items: []) }
    static var emptyMap: HeapObject { HeapObject() }

    /// The values at known keys in the order of the keys: reports must not depend on the order of a hash table.
    var orderedValues: [Value] {
        fields.count < 2 ? Array(fields.values) : fields.sorted { $0.key < $1.key }.map(\.value)
    }

    /// Everything in it.
    var all: Value {
        var result = rest ?? Value.harmless
        for value in items ?? [] { result.join(value) }
        for value in orderedValues { result.join(value) }
        return result
    }

    /// Forgets which element stands where.
    mutating func collapse() {
        if items != nil { start = beginning }
        for value in items ?? [] { addRest(value) }
        items = nil
    }

    mutating func addRest(_ value: Value) {
        if rest == nil { rest = value } else { rest?.join(value) }
    }

    mutating func append(_ value: Value) {
        guard var list = items, list.count < Self.mostItems else {
            collapse()
            return addRest(value)
        }
        items = nil
        list.append(value)
        items = list
    }

    /// The value at a known key; `absent` where nothing can stand there.
    func value(at key: String) -> Value? { fields[key] ?? rest }

    mutating func join(_ other: HeapObject, widening: Bool) -> Bool {
        guard content !== other.content else { return false }
        var changed = false
        if let mine = items, let theirs = other.items, mine.count == theirs.count {
            for index in mine.indices where items?[index].join(theirs[index], widening: widening) ?? false {
                changed = true
            }
        } else if items != nil || other.items != nil {
            changed = items != nil
            let agrees = beginning == other.beginning
            collapse()
            if !agrees { start = nil }
            for value in other.items ?? [] { changed = joinRest(value) || changed }
        }
        for (key, value) in other.fields {
            if fields[key]?.join(value, widening: widening) ?? false { changed = true }
            if fields[key] == nil {
                fields[key] = value
                changed = true
            }
        }
        if let value = other.rest { changed = joinRest(value) || changed }
        return changed
    }

    private mutating func joinRest(_ value: Value) -> Bool {
        guard rest != nil else {
            rest = value
            return true
        }
        return rest?.join(value) ?? false
    }
}
