import Base
import CSystem
import Glibc

/// Strings as C's `argv`: pointers with a null pointer at the end.
struct CStringList: ~Copyable {
    private let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    init(_ strings: [String]) {
        count = strings.count
        pointers = .allocate(capacity: count + 1)
        for (index, string) in strings.enumerated() {
            (pointers + index).initialize(to: strdup(string))
        }
        (pointers + count).initialize(to: nil)
    }

    deinit {
        for index in 0..<count { free(pointers[index]) }
        pointers.deinitialize(count: count + 1)
        pointers.deallocate()
    }

    /// The pointers, valid during `body`.
    func with<Result>(
        _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        body(pointers)
    }
}

/// A command in C's form: what it reads lies in a file in memory.
struct CProgram: ~Copyable {
    private let paths, arguments, environment, folder: CStringList
    private let input: Int32
    private let pipes: ProcessPipes?

    /// Refuses with `EINVAL` what C would cut: a NUL byte in a string, `=` in a variable's name.
    ///
    /// With pipes it reads and writes those in place of the command's input and the log.
    init(_ command: Command, pipes: ProcessPipes? = nil) throws(ProcessError) {
        let variables = command.environment.map { "\($0.key)=\($0.value)" }
        guard !command.arguments.isEmpty,
            (command.arguments + variables).allSatisfy({ !$0.utf8.contains(0) }),
            command.environment.keys.allSatisfy({ !$0.isEmpty && !$0.utf8.contains(0x3d) })
        else {
            throw .refused(operation: "exec", path: command.arguments.first ?? "", code: EINVAL)
        }
        var file: Int32 = -1
        if pipes?.input == nil, !command.input.isEmpty {
            let code = wt_memory_file(command.input, Int64(command.input.count), &file)
            guard code == 0 else { throw .refused(operation: "memfd_create", path: "", code: code) }
        }
        paths = CStringList(command.candidates)
        arguments = CStringList(command.arguments)
        environment = CStringList(variables)
        folder = CStringList([command.folder.description])
        input = file
        self.pipes = pipes
    }

    deinit { if input >= 0 { close(input) } }

    /// C's view of it, valid during `body`.
    func with<Result>(_ body: (wt_program) -> Result) -> Result {
        paths.with { paths in
            arguments.with { arguments in
                environment.with { environment in
                    folder.with { folder in
                        body(
                            wt_program(
                                paths: paths, arguments: arguments, environment: environment,
                                folder: folder[0], input: pipes?.theirInput ?? input,
                                output: pipes?.theirOutput ?? -1))
                    }
                }
            }
        }
    }
}
