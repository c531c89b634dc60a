# Builds rdptrace from the source of a release, on macOS and Linux.
class Rdptrace < Formula
  desc "Traces how far a Remote Desktop connection gets, who ends it and how"
  homepage "@REPOSITORY@"
  url "@DOWNLOADS@/rdptrace-@VERSION@.crate"
  sha256 "@SHA256_SOURCE@"
  license any_of: ["MIT", "Apache-2.0"]

  depends_on "rust" => :build

  def install
    system "cargo", "install", *std_cargo_args
    generate_completions_from_executable(bin/"rdptrace", "completions", shells: [:bash, :zsh, :fish])
    (man1/"rdptrace.1").write Utils.safe_popen_read(bin/"rdptrace", "man", "rdptrace")
    %w[trace posture scan demo local judge diff read relay listen explain schema completions man].each do |command|
      (man1/"rdptrace-#{command}.1").write Utils.safe_popen_read(bin/"rdptrace", "man", command)
    end
  end

  test do
    assert_match "PASSED", shell_output("#{bin}/rdptrace demo")
  end
end
