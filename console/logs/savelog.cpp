// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/logs/savelog.h"

#include <QSaveFile>

#include <zstd.h>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 pieceSize = 4 << 20;
constexpr int level = 3; // as the backend packs its logs

// Where bytes go, packed or not.
class Sink
{
public:
    Sink(QSaveFile *file, bool packs)
        : m_file(file)
    {
        if (packs) {
            m_packer.reset(ZSTD_createCCtx());
            ZSTD_CCtx_setParameter(m_packer.get(), ZSTD_c_compressionLevel, level);
            ZSTD_CCtx_setParameter(m_packer.get(), ZSTD_c_checksumFlag, 1);
            m_packed.resize(qsizetype(ZSTD_CStreamOutSize()));
        }
    }

    Status add(const QByteArray &bytes) { return m_packer ? pack(bytes, ZSTD_e_continue) : write(bytes); }
    Status finish() { return m_packer ? pack({}, ZSTD_e_end) : Status(); }

private:
    struct Free {
        void operator()(ZSTD_CCtx *context) const { ZSTD_freeCCtx(context); }
    };

    Status write(QByteArrayView bytes)
    {
        if (m_file->write(bytes.data(), bytes.size()) != bytes.size())
            return fail(ErrorKind::Unavailable, u"%1: %2"_s.arg(m_file->fileName(), m_file->errorString()));
        return {};
    }
    Status pack(const QByteArray &bytes, ZSTD_EndDirective how)
    {
        ZSTD_inBuffer in{bytes.constData(), std::size_t(bytes.size()), 0};
        while (true) {
            ZSTD_outBuffer out{m_packed.data(), std::size_t(m_packed.size()), 0};
            const std::size_t left = ZSTD_compressStream2(m_packer.get(), &out, &in, how);
            if (ZSTD_isError(left))
                return fail(ErrorKind::Internal, QString::fromLatin1(ZSTD_getErrorName(left)));
            if (const Status written = write(QByteArrayView(m_packed).first(qsizetype(out.pos))); !written)
                return written;
            if (how == ZSTD_e_end ? left == 0 : in.pos == in.size)
                return {};
        }
    }

    QSaveFile *m_file;
    std::unique_ptr<ZSTD_CCtx, Free> m_packer; // null: bytes are written as they are
    QByteArray m_packed;
};

} // namespace

Status saveLog(const LogSpool &spool, const QString &path)
{
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly))
        return fail(ErrorKind::Unavailable, u"%1: %2"_s.arg(path, file.errorString()));
    Sink sink(&file, path.endsWith(".zst"_L1));
    Status status;
    spool.forEachStretch(0, spool.size(), [&](qint64 from, qint64 until, LogSpool::Stamp stamp) {
        for (qint64 at = from; status && stamp.stream != LogSpool::Note && at < until; at += pieceSize) {
            const auto bytes = spool.read(at, std::min(pieceSize, until - at));
            if (bytes)
                status = sink.add(*bytes);
            else
                status = fail(bytes.error());
        }
        return status.has_value();
    });
    if (status)
        status = sink.finish();
    if (status && !file.commit())
        status = fail(ErrorKind::Unavailable, u"%1: %2"_s.arg(path, file.errorString()));
    return status;
}

} // namespace belfry
