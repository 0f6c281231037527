package dev.fettle.teams.packages;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.jspecify.annotations.Nullable;

/** The rules for the icons of a package. */
final class IconChecks {

  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

  private record Size(int width, int height) {}

  private IconChecks() {}

  static void color(byte[] png, Findings findings) {
    square(png, 192, "icons.color", "InvalidColorIconHeightAndWidth", findings);
  }

  static void smallColor(byte[] png, Findings findings) {
    square(png, 32, "icons.color32x32", "InvalidColor32x32IconHeightAndWidth", findings);
  }

  static void outline(byte[] png, Findings findings) {
    if (square(png, 32, "icons.outline", "InvalidOutlineIconHeightAndWidth", findings)) {
      transparency(png, findings);
    }
  }

  private static boolean square(
      byte[] png, int side, String target, String code, Findings findings) {
    Size size = size(png);
    if (size == null) {
      findings.add(code, target, "The icon is not a PNG file.");
      return false;
    }
    if (size.width() != side || size.height() != side) {
      findings.add(
          code,
          target,
          "The icon has %d x %d pixels; it must have %d x %d."
              .formatted(size.width(), size.height(), side, side));
      return false;
    }
    return true;
  }

  /** Only after the size is known to be small: a picture is a bomb like any other. */
  private static void transparency(byte[] png, Findings findings) {
    BufferedImage image = decode(png);
    if (image == null) {
      findings.add("InvalidOutlineIconHeightAndWidth", "icons.outline", "The PNG file is damaged.");
      return;
    }
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        int argb = image.getRGB(x, y);
        int alpha = argb >>> 24;
        if (alpha != 0 && (argb & 0xffffff) != 0xffffff) {
          findings.add(
              "InvalidOutlineIconTransparency",
              "icons.outline",
              "The icon may hold only white and fully transparent pixels; found alpha %d, R %d, G %d, B %d."
                  .formatted(alpha, argb >> 16 & 0xff, argb >> 8 & 0xff, argb & 0xff));
          return;
        }
      }
    }
  }

  private static @Nullable BufferedImage decode(byte[] png) {
    ImageReader reader = ImageIO.getImageReadersByFormatName("png").next();
    try (var in = new MemoryCacheImageInputStream(new ByteArrayInputStream(png))) {
      reader.setInput(in, true, true);
      return reader.read(0);
    } catch (IOException | RuntimeException e) {
      // The decoder throws whatever it likes at damaged files; all of it means the same.
      return null;
    } finally {
      reader.dispose();
    }
  }

  private static @Nullable Size size(byte[] png) {
    if (png.length < 33 || !Arrays.equals(png, 0, 8, SIGNATURE, 0, 8)) {
      return null;
    }
    ByteBuffer header = ByteBuffer.wrap(png);
    boolean first = header.getInt(8) == 13 && header.getInt(12) == 0x49484452;
    return first ? new Size(header.getInt(16), header.getInt(20)) : null;
  }
}
