import Foundation
import OrchestratorCore

/// Prints an HTML page as PDF by a program of this machine: headless Chromium, else WeasyPrint. The page holds no script
/// and names no other resource; the program gets no network, an empty home of its own and a time limit.
struct PagePrinter {
    private enum Kind {
        case chromium, weasyPrint
    }

    /// Its path, absolute.
    let program: String
    private let kind: Kind
    private static let candidates: [(name: String, kind: Kind)] = [
        ("chromium", .chromium), ("chromium-browser", .chromium), ("google-chrome", .chromium),
        ("google-chrome-stable", .chromium), ("weasyprint", .weasyPrint),
    ]
    /// Seconds for one document.
    private static let patience = 300.0

    /// Finds the program on `PATH`. Throws `missingProgram`.
    init() throws(PipelineError) {
        for candidate in Self.candidates {
            guard let path = Self.found(candidate.name) else { continue }
            (program, kind) = (path, candidate.kind)
            return
        }
        throw PipelineError(
            .missingProgram,
            "PDF needs Chromium or WeasyPrint, and neither is on PATH; install one (Debian: chromium or weasyprint), or "
                + "leave pdf out of --format. Every other format was written")
    }

    private static func found(_ name: String) -> String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        // Never from a relative folder: that could be the target's.
        return folders.filter { $0.hasPrefix("/") }.map { "\($0)/\(name)" }.first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
    }

    /// Both paths absolute and in a folder of their own.
    /// - Parameter time: stands in the file as the time of its making.
    /// - Throws: `printing`.
    func print(_ page: String, to file: String, at time: Timestamp) throws(PipelineError) {
        try run(kind == .chromium ? chromium(page, file) : ["--encoding", "utf-8", page, file], page, at: time)
        guard var bytes = FileManager.default.contents(atPath: file), bytes.starts(with: Array("%PDF-".utf8)) else {
            throw failed("wrote no PDF")
        }
        PDFTimes.set(time, in: &bytes)
        do {
            try bytes.write(to: URL(filePath: file))
        } catch {
            throw PipelineError(.badOutput, "cannot write \(file): \(error.localizedDescription)")
        }
    }

    private func chromium(_ page: String, _ file: String) -> [String] {
        var arguments = [
            "--headless", "--disable-gpu", "--no-first-run", "--disable-extensions", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--disable-breakpad",
            "--host-resolver-rules=MAP * ~NOTFOUND",
            "--user-data-dir=" + Self.folder(of: page) + "/profile", "--generate-pdf-document-outline",
            "--no-pdf-header-footer", "--print-to-pdf=" + file,
        ]
        // Its sandbox does not start for root, as in containers.
        if getuid() == 0 { arguments.append("--no-sandbox") }
        return arguments + [URL(filePath: page).absoluteString]
    }

    private static func folder(of path: String) -> String {
        String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    }

    private func run(_ arguments: [String], _ page: String, at time: Timestamp) throws(PipelineError) {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.currentDirectoryURL = URL(filePath: Self.folder(of: page))
        process.environment = [
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": Self.folder(of: page),
            "LC_ALL": "C.UTF-8", "SOURCE_DATE_EPOCH": String(time.seconds), "http_proxy": "http://127.0.0.1:9",
            "https_proxy": "http://127.0.0.1:9",
        ]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        let ended = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in ended.signal() }
        do {
            try process.run()
        } catch {
            throw failed("did not start: \(error.localizedDescription)")
        }
        guard ended.wait(timeout: .now() + Self.patience) == .success else {
            kill(process.processIdentifier, SIGKILL)
            throw failed("was not done after \(Int(Self.patience)) seconds")
        }
        guard process.terminationStatus == 0 else { throw failed("ended with status \(process.terminationStatus)") }
    }

    private func failed(_ what: String) -> PipelineError {
        PipelineError(.printing, "\(program) \(what); the PDF is missing, every other format was written")
    }
}

/// The times that a printing program puts into a PDF.
enum PDFTimes {
    private static let marks = ["/CreationDate (D:", "/ModDate (D:"].map { Array($0.utf8) }
    /// `YYYYMMDDHHMMSS`.
    private static let digits = 14

    /// Puts a time, in UTC, in place of those of the making, so that the same report gives the same bytes.
    static func set(_ time: Timestamp, in bytes: inout Data) {
        let text = Data(time.description.utf8.filter { (48...57).contains($0) })
        let zone = Data("+00'00')".utf8)
        for mark in marks {
            var start = bytes.startIndex
            while let range = bytes.range(of: Data(mark), in: start..<bytes.endIndex) {
                let end = range.upperBound + digits
                guard end + zone.count <= bytes.endIndex else { break }
                // Only what has the same length may be replaced: the file's table holds byte offsets.
                let isPlain = bytes[end] == UInt8(ascii: "+") && bytes[end + zone.count - 1] == UInt8(ascii: ")")
                bytes.replaceSubrange(range.upperBound..<end, with: text)
                if isPlain { bytes.replaceSubrange(end..<(end + zone.count), with: zone) }
                start = end
            }
        }
    }
}
