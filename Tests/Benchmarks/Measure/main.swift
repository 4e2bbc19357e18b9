import Foundation
import Ingestion
import OrchestratorCore
import SyntaxTree
import Tokens

// Times parts that no command runs alone.
//
// `tokens|chunks FOLDER VOCABULARY [GRAMMARS]` reads everything first, then prints one JSON object: files, bytes, tokens
// (or chunks), seconds on one thread.
// `walk FOLDER` prints the paths as git lists them, and opens no file.
// `ingest STATE COUNT` records that many findings in a new folder STATE and prints one JSON object: findings, seconds.
// `question` prints the request that the next three send.
// `stub` answers completions after 5 ms until its input ends; prints its port first.
// `gateway|plain PORT REQUESTS CONCURRENCY [STATE]` asks it: by the whole path to a model, with its ledger in the new
// folder STATE, or by the HTTP client alone. Prints one JSON object: requests, seconds, CPU seconds, peak RSS in kilobytes.

/// The regular files below a folder, read.
func contents(of folder: String) -> [(path: String, bytes: [UInt8])] {
    guard let names = FileManager.default.enumerator(atPath: folder) else { return [] }
    return names.compactMap { $0 as? String }.sorted().compactMap { name in
        guard let data = FileManager.default.contents(atPath: folder + "/" + name), !data.isEmpty else { return nil }
        return String(validating: data, as: UTF8.self) == nil ? nil : (name, Array(data))
    }
}

let arguments = CommandLine.arguments
if arguments.count == 3, arguments[1] == "walk" {
    let listing = try await Walker(root: RootFolder(arguments[2])).list(
        jobs: ProcessInfo.processInfo.activeProcessorCount)
    print(listing.entries.map(\.path.text).joined(separator: "\n"))
    exit(0)
}
if arguments.count == 4, arguments[1] == "ingest", let count = Int(arguments[3]) {
    print(try FindingIngestion.measure(state: arguments[2], count: count))
    exit(0)
}
if arguments.count == 2, arguments[1] == "question" {
    print(String(decoding: Sample.body.bytes, as: UTF8.self))
    exit(0)
}
if arguments.count == 2, arguments[1] == "stub" {
    try await StubServer.run()
    exit(0)
}
if arguments.count >= 5, ["gateway", "plain"].contains(arguments[1]), let port = Int(arguments[2]),
    let requests = Int(arguments[3]), let concurrency = Int(arguments[4])
{
    let load = Load(requests: requests, concurrency: concurrency)
    if arguments[1] == "plain" {
        print(try await PlainLoop(port: port, concurrency: concurrency).measure(load))
    } else {
        print(try await GatewayLoop(port: port, concurrency: concurrency, state: arguments[5]).measure(load))
    }
    exit(0)
}
guard arguments.count >= 4, ["tokens", "chunks"].contains(arguments[1]) else {
    print(
        """
        usage: measure walk FOLDER | ingest STATE COUNT | tokens|chunks FOLDER VOCABULARY [GRAMMARS]
               measure question | stub | plain PORT REQUESTS CONCURRENCY | gateway PORT REQUESTS CONCURRENCY STATE
        """)
    exit(2)
}
let files = contents(of: arguments[2])
let counter = BytePairCounter(try Vocabulary(path: arguments[3]))
let bytes = files.reduce(0) { $0 + $1.bytes.count }
let clock = ContinuousClock()
var total = 0
let elapsed: Duration
if arguments[1] == "tokens" {
    elapsed = clock.measure {
        for file in files { total += file.bytes.withUnsafeBufferPointer { counter.count($0) } }
    }
} else {
    let grammars = arguments.count > 4 ? try GrammarLibrary(path: arguments[4]) : nil
    let chunker = Chunker(budget: TokenBudget(tokens: 2000)!, counter: counter, grammars: grammars)
    elapsed = clock.measure {
        for file in files {
            let path = RepositoryPath(file.path)
            let language = LanguageID.byName(path) ?? .text
            total += file.bytes.withUnsafeBufferPointer { chunker.chunks(of: $0, path: path, language: language).count }
        }
    }
}
print("{\"files\":\(files.count),\"bytes\":\(bytes),\"count\":\(total),\"seconds\":\(elapsed / .seconds(1))}")
