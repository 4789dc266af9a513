import Base
import TestSupport
import Testing

@testable import Git

/// Filters that are programs, LFS among them: what libgit2 has not, git completes.
struct FilterTests {
    /// A stand-in for `git-lfs`: pointer files in the store, contents in a folder beside the repository.
    ///
    /// Speaks both ways: one call for each file, and one process for many (gitattributes, "Long Running Filter Process").
    private static let program = #"""
        #!/usr/bin/perl
        use strict; use Digest::SHA qw(sha256_hex);
        my ($store, $mode) = @ARGV;
        sub slurp { my $f = shift; open(my $h, '<', $f) or return undef; local $/; return <$h> // '' }
        sub clean { my $t = shift; return $t if $t =~ /^version lfs\n/; my $id = sha256_hex($t);
            open(my $h, '>', "$store/$id"); print $h $t; close $h;
            return "version lfs\noid $id\nsize " . length($t) . "\n" }
        sub smudge { my $t = shift; return $t unless $t =~ /^version lfs\noid (\w+)\n/; return slurp("$store/$1") }
        binmode STDIN; binmode STDOUT; $| = 1;
        if ($mode ne 'process') {
            local $/; my $in = <STDIN> // '';
            my $out = $mode eq 'clean' ? clean($in) : smudge($in);
            defined $out or die "object is missing\n"; print $out; exit 0 }
        sub packet { read(STDIN, my $l, 4) == 4 or exit 0; my $n = hex $l; return undef if $n == 0;
            my ($d, $b) = (''); while (length($d) < $n - 4) { read(STDIN, $b, $n - 4 - length $d) or exit 1; $d .= $b } return $d }
        sub list { my @l; while (defined(my $p = packet())) { $p =~ s/\n\z//; push @l, $p } return @l }
        sub say_ { my $d = shift; printf '%04x%s', 4 + length $d, $d }
        sub flush_ { print '0000' }
        list(); say_("git-filter-server\n"); say_("version=2\n"); flush_();
        list(); say_("capability=clean\n"); say_("capability=smudge\n"); flush_();
        while (1) {
            my ($command) = map { /^command=(.*)/ } list(); my $in = '';
            while (defined(my $p = packet())) { $in .= $p }
            my $out = $command eq 'clean' ? clean($in) : smudge($in);
            if (!defined $out) { say_("status=error\n"); flush_(); next }
            say_("status=success\n"); flush_();
            while (length $out) { say_(substr($out, 0, 65000, '')) } flush_(); flush_() }
        """#

    private func makeScratch(_ kind: String, required: Bool = true) throws -> ScratchRepository {
        let scratch = try ScratchRepository()
        let program = scratch.outside.appending("lfs").description
        try Files.create(
            scratch.outside.appending("lfs"), with: (Self.program + "\n").utf8, mode: 0o755)
        let store = scratch.outside.appending("store")
        try Files.makeFolder(store)
        if kind == "process" {
            try scratch.git("config", "filter.lfs.process", "\(program) \(store) process")
        } else {
            try scratch.git("config", "filter.lfs.clean", "\(program) \(store) clean")
            try scratch.git("config", "filter.lfs.smudge", "\(program) \(store) smudge")
        }
        try scratch.git("config", "filter.lfs.required", required ? "true" : "false")
        try scratch.write(".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n")
        for number in 0..<12 {
            try scratch.write(
                "d\(number % 3)/f\(number).bin", String(repeating: "\(number)\r\n", count: 9000))
        }
        try scratch.write("new\nline.bin", "strange\n")
        try scratch.write("plain.txt", "plain\n")
        try scratch.commit()
        return scratch
    }

    @Test(arguments: ["single", "process"])
    func `a tree with LFS files is as git makes it`(kind: String) async throws {
        let scratch = try makeScratch(kind)
        #expect(try scratch.git("show", "HEAD:d0/f0.bin").hasPrefix("version lfs\n"))
        let pair = try await TreePair(scratch, start: scratch.path)
        try pair.expectAlike(scratch, "as made")
        #expect(try snapshot(pair.ours.path) == snapshot(scratch.path))
        #expect(await pair.trees.inspect(pair.ours).findings == [])
        #expect(await pair.trees.inspect(pair.gits).findings == [])
        let work = "printf 'x\\r\\n' >d0/f0.bin; rm d1/f1.bin; echo new >n.bin; echo p >>plain.txt"
        try scratch.shell(work, in: pair.ours.path)
        try scratch.shell(work, in: pair.gits.path)
        try await pair.expectStatusAgrees(scratch)
        try await pair.expectSameCommit(scratch)
        #expect(try scratch.git(in: pair.ours, "show", "HEAD:n.bin").hasPrefix("version lfs\n"))
        try await pair.expectRetiringIsUndone()
    }

    @Test(arguments: ["single", "process"])
    func `a required filter that fails fails the tree, with its words, and leaves nothing`(
        kind: String
    ) async throws {
        let scratch = try makeScratch(kind)
        try Files.removeTree(scratch.outside.appending("store"))
        try Files.makeFolder(scratch.outside.appending("store"))
        let tree = try scratch.tree()
        do {
            _ = try await scratch.maker().make(tree)
            Issue.record("its files could not be written")
        } catch let error as WorktreeError {
            #expect(error.stage == .files)
            guard case .program(let status, let message) = error.cause else { throw error }
            #expect(status != 0)
            #expect(message.contains(".bin"), "\(message)")
        }
        #expect(Files.kind(of: tree.path) == nil)
        #expect(try scratch.git("branch", "--list", "treeguild/*") == "")
        #expect(
            try scratch.git("worktree", "list", "--porcelain").split(separator: "\n").count {
                $0.hasPrefix("worktree ")
            } == 1)
    }

    @Test func `a filter that need not work leaves the pointer, as with git`() async throws {
        let scratch = try makeScratch("single", required: false)
        try Files.removeTree(scratch.outside.appending("store"))
        try Files.makeFolder(scratch.outside.appending("store"))
        let pair = try await TreePair(scratch, start: scratch.path)
        try pair.expectAlike(scratch, "as made")
        #expect(await pair.trees.inspect(pair.ours).findings == [])
    }

    @Test func `without the git program the files are named`() async throws {
        let scratch = try makeScratch("single")
        let trees = Worktrees(in: try Repository(at: scratch.path), git: nil)
        let tree = try scratch.tree()
        do {
            _ = try await trees.make(tree)
            Issue.record("its files could not be written")
        } catch {
            guard case .needsGit(let paths) = error.cause else { throw error }
            #expect(paths.count == 13)
            #expect(paths.contains(RepositoryPath("d0/f0.bin")))
        }
        #expect(Files.kind(of: tree.path) == nil)
    }

    @Test func `an LFS file without its program, as on a machine without git-lfs, is its pointer`()
        async throws
    {
        let scratch = try makeScratch("single")
        for key in ["clean", "smudge", "required"] {
            try scratch.git("config", "--unset", "filter.lfs.\(key)")
        }
        try scratch.git("reset", "-q", "--hard")
        let pair = try await TreePair(scratch, start: scratch.path)
        try pair.expectAlike(scratch, "as made")
    }
}
