package dev.fettle.teams.packages;

import dev.fettle.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import tools.jackson.databind.JsonNode;

/**
 * Makes app packages: a manifest and plain icons. The seeded apps come into being through it, so
 * that they pass the same checks as published ones. The same input always makes the same bytes.
 */
public final class PackageWriter {

  private PackageWriter() {}

  /** A package with this manifest and plain icons. */
  public static byte[] write(JsonNode manifest) {
    return write(manifest, png(192, 0xff4f6bed), png(32, 0xffffffff));
  }

  /** A package with this manifest, whose icons are {@code color.png} and {@code outline.png}. */
  public static byte[] write(JsonNode manifest, byte[] color, byte[] outline) {
    SequencedMap<String, byte[]> files = new LinkedHashMap<>();
    files.put("manifest.json", Json.bytes(manifest));
    files.put("color.png", color);
    files.put("outline.png", outline);
    return zip(files);
  }

  /** A zip file with these files, in this order. */
  public static byte[] zip(SequencedMap<String, byte[]> files) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        ZipEntry entry = new ZipEntry(file.getKey());
        entry.setTimeLocal(java.time.LocalDateTime.of(2024, 1, 1, 0, 0));
        zip.putNextEntry(entry);
        zip.write(file.getValue());
        zip.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** A PNG file of one colour, a square with the given side. */
  public static byte[] png(int side, int argb) {
    ByteBuffer rows = ByteBuffer.allocate(side * (1 + 4 * side));
    for (int y = 0; y < side; y++) {
      rows.put((byte) 0);
      for (int x = 0; x < side; x++) {
        rows.putInt(Integer.rotateLeft(argb, 8));
      }
    }
    ByteBuffer header = ByteBuffer.allocate(13).putInt(side).putInt(side);
    header.put(new byte[] {8, 6, 0, 0, 0});
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
    chunk(out, "IHDR", header.array());
    chunk(out, "IDAT", deflated(rows.array()));
    chunk(out, "IEND", new byte[0]);
    return out.toByteArray();
  }

  private static byte[] deflated(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (DeflaterOutputStream packed = new DeflaterOutputStream(out)) {
      packed.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static void chunk(ByteArrayOutputStream out, String type, byte[] content) {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 crc = new CRC32();
    crc.update(name);
    crc.update(content);
    out.writeBytes(
        ByteBuffer.allocate(12 + content.length)
            .putInt(content.length)
            .put(name)
            .put(content)
            .putInt((int) crc.getValue())
            .array());
  }
}
