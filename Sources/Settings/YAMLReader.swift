package import OrchestratorCore
import Yams

/// Reads YAML through Yams into nodes that know their place.
package struct YAMLReader: MarkedDocumentReader {
    /// Values after which a document is refused: aliases can make a small file stand for a huge one.
    private static let valueLimit = 500_000

    package init() {}

    package func read(_ text: String, file: String) throws(DocumentError) -> MarkedNode {
        var conversion = Conversion(file: file, valuesLeft: Self.valueLimit)
        do {
            guard let node = try Yams.compose(yaml: text, .basic) else {
                throw DocumentError(conversion.mark(nil), "the document is empty")
            }
            return try conversion.convert(node)
        } catch let error as DocumentError {
            throw error
        } catch let error as YamlError {
            throw conversion.explain(error)
        } catch {
            throw DocumentError(conversion.mark(nil), "\(error)")
        }
    }
}

private struct Conversion {
    let file: String
    var valuesLeft: Int

    func mark(_ mark: Mark?) -> MarkedNode.Mark {
        MarkedNode.Mark(file: file, line: mark?.line ?? 1, column: mark?.column ?? 1)
    }

    mutating func convert(_ node: Node) throws(DocumentError) -> MarkedNode {
        let place = mark(node.mark)
        valuesLeft -= 1
        guard valuesLeft >= 0 else { throw DocumentError(place, "the document holds too many values") }
        switch node {
        case .scalar(let scalar): return .scalar(scalar.string, plain: scalar.style == .plain, place)
        case .sequence(let sequence):
            var elements: [MarkedNode] = []
            for element in sequence { elements.append(try convert(element)) }
            return .sequence(elements, place)
        case .mapping(let mapping):
            var pairs: [(key: String, keyMark: MarkedNode.Mark, value: MarkedNode)] = []
            for (key, value) in mapping {
                guard case .scalar(let scalar) = key else {
                    throw DocumentError(mark(key.mark), "a key must be a single value")
                }
                pairs.append((scalar.string, mark(key.mark), try convert(value)))
            }
            return .mapping(pairs, place)
        case .alias: throw DocumentError(place, "aliases are not supported")
        }
    }

    func explain(_ error: YamlError) -> DocumentError {
        switch error {
        case .scanner(_, let problem, let place, _), .parser(_, let problem, let place, _),
            .composer(_, let problem, let place, _):
            DocumentError(mark(place), problem)
        case .duplicatedKeysInMapping(let duplicates, let context):
            DocumentError(mark(context.mark), "the key '\(duplicates.sorted().first ?? "")' occurs twice")
        default: DocumentError(mark(nil), "not readable as YAML")
        }
    }
}
