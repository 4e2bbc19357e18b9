import Foundation

/// How many cases a property test runs: few in `make test`, all that the requirements name in `make proof`.
package func proofCount(quick: Int, full: Int) -> Int {
    ProcessInfo.processInfo.environment["SECORCH_PROOF"] == "1" ? full : quick
}
