import Foundation

/// The provider of `Fixtures/llm/server.py` or of another script there that bills the same way, running until the value goes away, and what it billed.
package final class ScriptedModel: Sendable {
    private let bill: URL
    private let server: PythonServer

    /// - Parameter options: as in `server.py`, for example `delay=0.05`.
    /// - Throws: where python3 does not start.
    package convenience init(_ folder: TemporaryFolder, _ options: String...) throws { try self.init(folder, options) }

    package init(_ folder: TemporaryFolder, script: String = "server.py", _ options: [String]) throws {
        bill = folder.url.appending(path: "bill-\(UUID().uuidString)")
        _ = FileManager.default.createFile(atPath: bill.path(percentEncoded: false), contents: nil)
        server = try PythonServer(script, [bill.path(percentEncoded: false)] + options)
    }

    package var port: Int { server.port }

    /// The digests of the requests it received, in order, with the input tokens it billed and the model asked.
    package var billed: [(prompt: String, tokens: Int, model: String)] {
        let text = (try? String(contentsOf: bill, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map { line in
            let fields = line.split(separator: " ")
            return (String(fields[0]), Int(fields[1]) ?? 0, String(fields[2]))
        }
    }

    /// How requests came: "single", "batch".
    package var kinds: Set<String> {
        let text = (try? String(contentsOf: bill, encoding: .utf8)) ?? ""
        return Set(text.split(separator: "\n").map { String($0.split(separator: " ")[3]) })
    }

    /// What it bills in all, in nanodollars, at the price of the first model.
    package var amount: Int { billed.reduce(0) { $0 + $1.tokens * 1000 + 50 * 2000 } }

    /// Everything it was sent.
    package var received: String { (try? String(contentsOfFile: bill.path + ".prompts", encoding: .utf8)) ?? "" }

    /// A configuration that asks it, at a dollar per million tokens in and two out.
    /// - Parameter dearer: names of further models, each at ten times the price of the one before.
    package func configuration(
        budget: String? = nil, concurrency: Int = 4, dearer: [String] = [], more: String = ""
    ) -> String {
        let models = (["scripted"] + dearer).enumerated().map { index, name in
            let price = (0..<index).reduce(1) { price, _ in price * 10 }
            return "      - {id: \(name), context_tokens: 4096, max_output_tokens: 500, "
                + "input_usd_per_mtok: \(price), output_usd_per_mtok: \(price * 2)}"
        }
        return
            """
            providers:
              - id: scripted
                protocol: openai
                base_url: http://127.0.0.1:\(port)/v1
                concurrency: \(concurrency)
                models:
            \(models.joined(separator: "\n"))
            \(budget.map { "budgets: {run_usd: \($0)}" } ?? "")
            \(more)
            """
    }
}
