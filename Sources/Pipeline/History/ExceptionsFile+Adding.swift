import Foundation
package import OrchestratorCore
import Settings

extension ExceptionsFile {
    /// Adds an entry at the end of a file, or to a new one. The text is read again before it takes the file's place.
    /// - Returns: the new entry.
    /// - Throws: `DocumentError` for what is wrong with the entry or the file; `badConfiguration`.
    package static func add(_ fields: [(key: String, value: String)], to path: String) throws -> FindingException {
        let exists = FileManager.default.fileExists(atPath: path)
        var text =
            exists ? String(decoding: try UserFile.read(path, "exceptions file", limit: limit), as: UTF8.self) : ""
        let reader = ExceptionsReader(reader: YAMLReader())
        let before = text.isEmpty ? 0 : try reader.read(text, file: path).entries.count
        if text.isEmpty { text = "exceptions:\n" }
        if !text.hasSuffix("\n") { text += "\n" }
        // As deep as the last entry stands.
        let items = text.split(separator: "\n").filter { $0.drop { $0 == " " }.hasPrefix("- ") }
        let indent = items.last.map { String($0.prefix { $0 == " " }) } ?? "  "
        for (index, field) in fields.enumerated() {
            text += "\(indent)\(index == 0 ? "- " : "  ")\(field.key): \(JSONValue.string(field.value).text)\n"
        }
        let entries = try reader.read(text, file: path).entries
        guard entries.count == before + 1, let added = entries.last else {
            throw PipelineError(
                .badConfiguration, "\(path) does not end with a list of exceptions; add the entry by hand")
        }
        do { try text.write(toFile: path, atomically: true, encoding: .utf8) } catch {
            throw PipelineError(.badConfiguration, "cannot write \(path): \(error.localizedDescription)")
        }
        return added
    }
}
