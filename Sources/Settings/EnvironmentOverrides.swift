import OrchestratorCore

/// Variables that stand in for keys of the configuration: `SECORCH_FAIL_ON` for `fail_on`, `SECORCH_BUDGETS_RUN_USD` for
/// `run_usd` under `budgets`, `SECORCH_PROVIDERS_LOCAL_BASE_URL` for `base_url` of the provider `local`. Lists are
/// separated by commas.
struct EnvironmentOverrides {
    private static let prefix = "SECORCH_"
    private static let scalars = [
        "largest_file_mb", "personal_data", "fail_on", "suppressions", "local_only", "on_uncertain", "exceptions",
        "require_second_person", "templates", "history",
    ]
    private static let lists: Set<String> = [
        "rule_sets", "exclude", "include", "disable_rules", "prefer", "alerts_percent",
    ]
    private static let mappings = ["selection", "budgets", "deadlines_days"]

    private typealias Pair = (key: String, keyMark: MarkedNode.Mark, value: MarkedNode)

    /// By name, so that the same variables always give the same document.
    private let variables: [(name: String, value: String)]

    init(_ environment: [String: String]) {
        variables = environment.filter { $0.key.hasPrefix(Self.prefix) }.sorted { $0.key < $1.key }
            .map { ($0.key, $0.value) }
    }

    /// Throws where the document is no mapping.
    func applied(to document: MarkedNode) throws(DocumentError) -> MarkedNode {
        guard case .mapping(var pairs, let mark) = document else {
            throw DocumentError(document.mark, "expected a mapping, found \(document.kind)")
        }
        for key in Self.scalars + Self.lists.sorted() {
            for variable in variables where variable.name == Self.prefix + key.uppercased() {
                Self.set(key, variable, in: &pairs)
            }
        }
        for key in Self.mappings {
            let node = pairs.first { $0.key == key }?.value ?? .mapping([], mark)
            let changed = applied(to: node, under: Self.prefix + key.uppercased() + "_")
            guard changed.isChanged else { continue }
            pairs.removeAll { $0.key == key }
            pairs.append((key, mark, changed.node))
        }
        pairs = pairs.map { pair in
            pair.key == "providers" ? (pair.key, pair.keyMark, providers(pair.value)) : pair
        }
        return .mapping(pairs, mark)
    }

    private func providers(_ node: MarkedNode) -> MarkedNode {
        guard case .sequence(let elements, let mark) = node else { return node }
        return .sequence(
            elements.map { element in
                guard case .mapping(let pairs, _) = element,
                    case .scalar(let id, _, _)? = pairs.first(where: { $0.key == "id" })?.value
                else { return element }
                let name = id.uppercased().replacing("-", with: "_")
                return applied(to: element, under: "\(Self.prefix)PROVIDERS_\(name)_").node
            }, mark)
    }

    /// A mapping with the keys that variables of a prefix give. What else stands there is for its reader to refuse.
    private func applied(to node: MarkedNode, under prefix: String) -> (node: MarkedNode, isChanged: Bool) {
        guard case .mapping(var pairs, let mark) = node else { return (node, false) }
        let given = variables.filter { $0.name.hasPrefix(prefix) && $0.name.count > prefix.count }
        for variable in given { Self.set(variable.name.dropFirst(prefix.count).lowercased(), variable, in: &pairs) }
        return (.mapping(pairs, mark), !given.isEmpty)
    }

    private static func set(_ key: String, _ variable: (name: String, value: String), in pairs: inout [Pair]) {
        let place = MarkedNode.Mark(file: variable.name, line: 1, column: 1)
        let node: MarkedNode =
            lists.contains(key)
            ? .sequence(variable.value.split(separator: ",").map { .scalar(String($0), plain: true, place) }, place)
            : .scalar(variable.value, plain: true, place)
        pairs.removeAll { $0.key == key }
        pairs.append((key, place, node))
    }
}
